/* What a question finds: notes that answer it, and what a pasted message comes from. Loaded, with the
   words of all tours, when a reader first comes to the search box. A note's score is BM25F over its
   fields, by how much of the question it covers, and by its sentence that fits best. */
"use strict";

/* How texts become words: parts of identifiers, stems, pairs of Chinese characters. */
window.srcreadCutter = function (terms) {
  const wide = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}";
  const run = new RegExp("[" + wide + "]+|[\\p{L}\\p{N}_]+", "gu");
  const named = new RegExp("\\.?(?:" + run.source + ")", "gu"); // `.keras` of `tf.keras`
  const han = new RegExp("[" + wide + "]", "u");
  const either = (list) => new RegExp(list.join("|") || "(?!)", "g");
  const filler = either(terms.filler.split(" ").filter(Boolean));
  const english = new Map(); // of each term in Chinese
  for (const line of terms.glossary) {
    const [text, ...all] = line.split(" ");
    for (const term of all) english.set(term, text); // the words of a text are joined by `_`
  }
  const meant = either([...english.keys()].sort((one, other) => other.length - one.length));
  const known = new Map();
  const longest = 100; // letters of a word that are looked at

  function stem(word) {
    if (word.length < 4 || /\d/.test(word)) return word;
    const base = word
      .replace(/i(?:es|ed)$/, "y")
      .replace(/iz(?=e|a|i)/, "is")
      .replace(/(?:ations?|ions?|ings?|ences?|ents?|ed|es|e|s|ly)$/, "")
      .replace(/([bdgmnprt])\1$/, "$1");
    return base.length < 3 ? word : base;
  }

  /* What camel humps and snakes are made of: `srcKeyMask` and `src_key_mask` are src, key, mask. */
  function parts(word) {
    return word
      .replace(/^([A-Z]{2,})s$/, "$1")
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
      .toLowerCase()
      .split("_")
      .filter(Boolean);
  }

  /* Pairs of characters, or parts with the whole; then the initials of a name of three parts. */
  function cut(word) {
    if (han.test(word)) {
      const all = Array.from(word);
      return [all.length < 2 ? all : all.slice(1).map((one, place) => all[place] + one), []];
    }
    const all = parts(word);
    const whole = all.length > 1 ? [all.join("")] : [];
    return [[...all.map(stem), ...whole], all.length > 2 ? [all.map((part) => part[0]).join("")] : []];
  }

  function kept(word) {
    if (!known.has(word)) known.set(word, cut(word));
    return known.get(word);
  }

  function words(text, found, whole, sizes) {
    for (const one of text.replace(/['’]s\b/g, "").match(run) || []) {
      const [own, more] = kept(han.test(one) ? one : one.slice(0, longest));
      found.push(...own);
      if (whole) found.push(...more);
      if (sizes) for (const token of own) sizes.set(token, Math.sqrt(own.length));
    }
    return found;
  }

  /* A term of the glossary is its English, wherever it stands; `whole` has its characters, too. In
     `sizes` is of each token by how much it counts less than a word, as others are of the same word. */
  function tokens(text, whole, sizes) {
    if (!han.test(text)) return words(text, [], whole, sizes);
    const found = [];
    const rest = text.replace(meant, (term) => (found.push(...english.get(term)), " "));
    return words((whole ? text : rest).replace(filler, " "), found, whole, sizes);
  }

  for (const [term, text] of english) english.set(term, words(text, []));

  /* Where in a run of letters stands what is asked for: all of it, or terms and pairs of characters. */
  function spans(word, hits) {
    const asked = (list) => list.some((token) => hits.has(token));
    if (!han.test(word)) return asked(kept(word)[0]) ? [[0, word.length]] : [];
    const all = [...word.matchAll(meant)].filter(([term]) => asked(english.get(term))).map(({ 0: term, index }) => [index, index + term.length]);
    for (let place = 0; place < word.length; place += 1) {
      if (hits.has(word.slice(place, place + 2))) all.push([place, Math.min(place + 2, word.length)]);
    }
    const found = [];
    for (const [first, last] of all.sort(([one], [other]) => one - other)) {
      if (found.length && found.at(-1)[1] >= first) found.at(-1)[1] = Math.max(found.at(-1)[1], last);
      else found.push([first, last]);
    }
    return found;
  }

  /* A text in pieces, every other of which is asked for. */
  function pieces(text, hits) {
    const found = [];
    let end = 0;
    for (const { 0: word, index } of text.matchAll(run)) {
      for (const [first, last] of spans(word, hits)) {
        found.push(text.slice(end, index + first), word.slice(first, last));
        end = index + last;
      }
    }
    return [...found, text.slice(end)];
  }

  /* What looks like a name, and its tokens: it has a capital, a digit or a dot in it, or is Latin in
     Chinese. */
  function names(text) {
    const looks = han.test(text) ? /^[^\d]./ : /.[A-Z\d_]|^\W/;
    const all = (text.match(named) || []).filter((word) => !han.test(word));
    return all.filter((word, place) => looks.test(word) || (place && /^[A-Z]/.test(word))).map((word) => [word, words(word, [])]);
  }

  return { stem, parts, tokens, names, han, pieces };
};

/* At most so many edits between two words, a swap of neighbours being one. */
window.srcreadNear = function (one, other, most) {
  if (Math.abs(one.length - other.length) > most) return false;
  let [before, last] = [[], Array.from({ length: other.length + 1 }, (_, place) => place)];
  for (let i = 1; i <= one.length; i += 1) {
    const now = [i];
    for (let j = 1; j <= other.length; j += 1) {
      now[j] = Math.min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) now[j] = Math.min(now[j], before[j - 2] + 1);
    }
    if (Math.min(...now) > most) return false;
    [before, last] = [last, now];
  }
  return last[other.length] <= most;
};

/* Messages, by the longest run of words that one has in common with what was pasted: numbers and
   what is quoted differ from run to run. */
window.srcreadMessages = function (put) {
  const all = [];
  const seen = new Map();
  const words = (text) => (text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) || []).filter((word) => /\P{N}/u.test(word));
  const forms = (text) => [words(text), words(text.replace(/'[^']*'|"[^"]*"|\x60[^\x60]*\x60/g, " "))];
  const weigh = (word) => Math.log(1 + all.length / (seen.get(word) || Infinity));
  const least = 4; // mass of a run that tells

  /* For certain a line is this message if it has so many of its words; else it is only near. */
  function add(text, row, needs) {
    const said = forms(text);
    all.push({ text, said, row, needs });
    for (const word of new Set(said[0])) seen.set(word, (seen.get(word) || 0) + 1);
  }

  /* The heaviest run: its mass and its length. `places` says where a word was asked. */
  function common(message, places) {
    let [best, above] = [[0, 0], new Map()];
    for (const word of message) {
      const now = new Map();
      for (const place of places.get(word) || []) {
        const [mass, length] = above.get(place - 1) || [0, 0];
        now.set(place, [mass + weigh(word), length + 1]);
        if (now.get(place)[0] > best[0]) best = now.get(place);
      }
      above = now;
    }
    return best;
  }

  /* How sure it is that the text has the message, 0 for not. */
  function rate(message, asked, places, row) {
    const [mass, length] = common(message, places);
    const entire = length === message.length;
    if (length < (entire ? 2 : 3) || (mass < least && !(entire && length > 2))) return 0;
    const share = mass / message.reduce((sum, word) => sum + weigh(word), 0);
    if (share < 0.6 && length < 0.9 * asked.length) return 0;
    return mass * (0.5 + share / 2) + (row.kind === "notes" ? 2 : 0);
  }

  function find(text) {
    const asked = forms(text);
    const found = new Map();
    if (asked[0].length < 3 && text.trim().split(/\s+/).length < 3) return [];
    const places = asked.map(() => new Map());
    asked.forEach((list, form) => list.forEach((word, place) => put(places[form], word, place)));
    for (const one of all) {
      const value = Math.max(...asked.map((list, form) => rate(one.said[form], list, places[form], one.row) * (form ? 0.9 : 1)));
      if (value > (found.get(one.row.href)?.value || 0)) found.set(one.row.href, { ...one.row, excerpt: one.text, value, sure: !(common(one.said[0], places[0])[1] < one.needs) });
    }
    return [...found.values()].sort((one, other) => other.value - one.value).slice(0, 5);
  }

  return { add, find };
};

/* `indexes` are the names' own, which have the scenarios; `words` are the notes'. */
window.srcreadAsk = function (indexes, words, language) {
  const terms = window.srcreadTerms;
  const { stem, parts, tokens, names, han, pieces } = window.srcreadCutter(terms);
  const fields = [3, 2.5, 1.5, 1, 1, 3]; // title, questions, messages, claims, body, places
  const lines = [1, 1, 0.8, 0.8, 0.8]; // what a sentence of each counts
  const [k1, b, cover, fitting, doubt, tail, most] = [2.5, 0.6, 0.8, 0.3, 0.4, 0.25, 12];
  const [synonym, prefix, typo, begun] = [0.6, 0.7, 0.6, 0.56];
  const floors = [[0.92, 1.05], [0.76, 0.94]]; // on a page in English, in Chinese: of a question in either
  const stop = new Set(terms.stop.split(" ").flatMap((word) => [word, stem(word)]));
  const same = new Map(terms.same.map((line) => line.split(" ").map(stem)).flatMap((group) => group.map((word) => [word, group])));
  const [notes, sentences, scenes, explained] = [[], [], [], []];
  const [posts, stands, starts] = [new Map(), new Map(), new Map()];
  const sums = fields.map(() => 0);
  const put = (map, key, value) => (map.has(key) ? map.get(key).push(value) : map.set(key, [value]));
  const messages = window.srcreadMessages(put);
  const rarity = (count) => Math.log(1 + (notes.length - count + 0.5) / (count + 0.5));
  const idf = (token) => rarity(posts.get(token).length);

  /* The index, made in slices: a page answers while it grows. */
  function* making() {
    const key = ([source, { tour }]) => (indexes.length && tour === indexes[0][1].tour ? "" : "z") + source; // the page's own first
    for (const [source, index] of [...words].sort((one, other) => (key(one) < key(other) ? -1 : 1))) {
      const row = (address, text, kind) => ({ text, href: new URL(address, source).href, tour: index.tour, kind });
      for (const note of index.notes) {
        gather(row(note[0], note[1], note[0].startsWith("p-") ? "pages" : "notes"), note, index.language === "zh");
        yield;
      }
      for (const [text, address, where, needs] of index.errors) messages.add(text, row(address, where, "errors"), needs);
      for (const [id, text, ...others] of index.terms) {
        const names = [text, ...others].map((name) => [name.toLowerCase(), [...new Set(tokens(name))]]);
        explained.push({ ...row("glossary.html#" + id, text, "terms"), excerpt: others.join(", "), names });
      }
    }
    for (const [source, index] of indexes) {
      for (const [file, ...scenarios] of index.scenarios) {
        for (const [key, text] of scenarios) {
          const href = new URL(file + "?run=" + encodeURIComponent(key), source).href;
          scenes.push({ text, href, tour: index.tour, kind: "scenarios", set: new Set(tokens(text)) });
        }
      }
    }
    for (let number = 0; number < notes.length; number += 1) {
      weigh(number);
      yield;
    }
    for (const word of posts.keys()) put(starts, word[0], word);
    for (const one of sentences) one.mass = [...one.set].reduce((sum, token) => sum + idf(token), 0);
  }

  function gather(note, [, title, questions, texts, claims, body, places, needs], chinese) {
    const number = notes.push(note) - 1;
    const split = body.split(/(?<=[.!?])\s+|(?<=[。！？])/);
    note.counts = [[title], questions, texts, claims, split, places].map((field, kind) => {
      const counts = new Map();
      let length = 0;
      for (const text of field) {
        const list = tokens(text, true);
        const foreign = kind === 1 && han.test(text) !== chinese ? 0.3 : 1;
        for (const token of list) counts.set(token, (counts.get(token) || 0) + foreign);
        length += list.length;
        if (kind < lines.length) sentence(number, text, list, foreign * lines[kind]);
      }
      sums[kind] += length;
      return [counts, length];
    });
    texts.forEach((text, place) => messages.add(text, note, needs[place]));
  }

  function sentence(number, text, list, weight) {
    const set = new Set(list.filter((token) => !stop.has(token)));
    const place = sentences.push({ number, text, set, weight }) - 1;
    for (const token of set) put(stands, token, place);
  }

  /* How much each word counts in a note, all fields together, longer ones less. */
  function weigh(number) {
    const all = new Map();
    notes[number].counts.forEach(([counts, length], kind) => {
      const scale = fields[kind] / (1 - b + (b * length * notes.length) / (sums[kind] || 1));
      for (const [token, count] of counts) all.set(token, (all.get(token) || 0) + count * scale);
    });
    for (const [token, count] of all) put(posts, token, [number, count]);
    delete notes[number].counts;
  }

  /* The words of the index that a word asked for may mean, each with its weight. */
  function options(token, typed) {
    const found = posts.has(token) ? [[token, 1]] : [];
    for (const other of same.get(token) || []) if (other !== token && posts.has(other)) found.push([other, synonym]);
    if (han.test(token)) return found;
    const add = (fits, weight) => {
      for (const word of starts.get(token[0]) || []) if (word !== token && fits(word)) found.push([word, weight]);
    };
    if (found.length ? typed && token.length > 1 : token.length > 3) add((word) => word.startsWith(token), prefix);
    if (!found.length && token.length > 4) add((word) => word.length > 3 && window.srcreadNear(token, word, token.length > 8 ? 2 : 1), typo);
    if (!found.length && token.length > 5) add((word) => word.length > 4 && token.startsWith(word), begun);
    return found.slice(0, 40);
  }

  /* What is asked for: each word with its options. A term of the glossary counts as one word. */
  function units(text, typing) {
    const asked = new Map();
    const sizes = new Map();
    const all = [...new Set(tokens(text, false, sizes))].slice(0, 60);
    const alone = (token) => token.length < 2 && han.test(token); // filler took what it was a word with
    const few = all.filter((token) => !stop.has(token) && !alone(token));
    const list = few.length ? few : all;
    const typed = typing && /[\p{L}\p{N}]$/u.test(text);
    list.forEach((token, place) => {
      const last = typed && place === list.length - 1;
      const found = options(token, last);
      const piece = 1 / (sizes.get(token) || 1);
      asked.set(token, { options: found, own: massOf(token, found, last), piece, whole: piece * (last && !posts.has(token) ? prefix : 1) });
    });
    return asked;
  }

  /* A word that is only near to others weighs what an unknown one does, once it is typed to its end. */
  function massOf(token, options, typed) {
    if (posts.has(token)) return idf(token);
    if (options.length && (typed || same.has(token))) return Math.max(...options.map(([word, weight]) => idf(word) * weight));
    return rarity(0) * (han.test(token) ? 0.3 : 1);
  }

  /* Add a word of the question to what each note and each sentence has of it: its best option. */
  function count({ options, own, piece }, { score, covered, held, part }) {
    const [here, there, best] = [new Map(), new Map(), new Map()];
    for (const [word, weight] of options) {
      const value = Math.min(own, idf(word)) * weight;
      for (const [note, times] of posts.get(word)) {
        here.set(note, Math.max(here.get(note) || 0, (value * times * (k1 + 1)) / (k1 + times)));
        if (weight !== begun) best.set(note, Math.max(best.get(note) || 0, weight));
      }
      for (const place of stands.get(word) || []) there.set(place, Math.max(there.get(place) || 0, value));
    }
    for (const [note, value] of here) {
      score[note] += value;
      covered[note] += Math.min(value, own);
      held[note] += (best.get(note) || 0) * piece;
    }
    for (const [place, value] of there) part[place] += value;
  }

  function bestSentences(part, mass) {
    const [fits, excerpts] = [new Float64Array(notes.length), []];
    sentences.forEach(({ number, text, mass: whole, weight }, place) => {
      const fit = part[place] ? (part[place] / Math.sqrt((mass + 4) * (whole + 4))) * weight : 0;
      if (fit > fits[number]) [fits[number], excerpts[number]] = [fit, text];
    });
    return [fits, excerpts];
  }

  /* Whether a name stands in the question that no note has; one in small letters may be of known parts. */
  function strange(text, asked) {
    const unknown = (token) => asked.has(token) && token.length > 1 && asked.get(token).options.every(([, weight]) => weight === begun);
    return names(text).some(([word, all]) => unknown(all.at(-1)) && (all.length < 2 || /[A-Z]/.test(word) || all.slice(0, -1).some(unknown)));
  }

  /* Notes by how well they answer, and whether the first are sure enough: by how many of the words
     asked for a note has, and how well its best sentence fits. */
  function answers(text, typing) {
    const asked = units(lastLine(text), typing);
    const [score, covered, held] = [0, 0, 0].map(() => new Float64Array(notes.length));
    const sum = { score, covered, held, part: new Float64Array(sentences.length) };
    let [mass, size] = [0, 0];
    for (const one of asked.values()) {
      mass += one.own;
      size += one.whole;
      count(one, sum);
    }
    const [fits, excerpts] = bestSentences(sum.part, mass);
    const trust = strange(text, asked) ? doubt : 1;
    const hits = new Set([...asked.values()].flatMap(({ options }) => options.map(([word]) => word)));
    const found = notes.flatMap((note, number) => {
      if (!score[number]) return [];
      const share = held[number] > size - 0.001 ? 1 : covered[number] / mass;
      const value = score[number] * (1 - cover + (cover * covered[number]) / mass) + fitting * mass * fits[number];
      return [{ ...note, hits, excerpt: excerpts[number], value, share, sure: trust * (held[number] / size + 2 * fits[number]) }];
    });
    found.sort((one, other) => other.value - one.value);
    const least = floors[Number(language === "zh")][Number(han.test(text))];
    const sure = found.slice(0, 3).some((one) => one.sure >= least);
    return { sure, rows: found.filter((one) => one.value >= tail * found[0].value).slice(0, most) };
  }

  /* Terms of the glossary that begin so, or that make half of what is asked; of one name the nearest. */
  function terminology(text) {
    const typed = text.toLowerCase();
    const asked = tokens(text.slice(0, 200)).filter((token) => !stop.has(token));
    const found = new Map();
    for (const term of explained) {
      const begins = typed.length > 1 && term.names.some(([name]) => name.startsWith(typed));
      const said = term.names.some(([, all]) => 2 * all.length >= asked.length && all.every((token) => asked.includes(token)));
      if ((begins || said) && !found.has(term.text)) found.set(term.text, { ...term, begins });
    }
    return [...found.values()].sort((one, other) => other.begins - one.begins || one.text.length - other.text.length).slice(0, 3);
  }

  /* Scenarios whose title has all that is asked for. */
  function scenarios(text) {
    const asked = tokens(text.slice(0, 200)).filter((token) => !stop.has(token));
    return asked.length ? scenes.filter(({ set }) => asked.every((token) => set.has(token))).slice(0, 3) : [];
  }

  /* Of a traceback what its last line says. */
  function lastLine(text) {
    const last = text.length < 400 ? undefined : [...text.matchAll(/(?:Error|Exception|Warning)\b/g)].at(-1);
    return last ? text.slice(text.lastIndexOf(" ", last.index) + 1) : text;
  }

  /* Whether a name stands in a note, as it is typed. */
  function holds(name) {
    const last = name.split(/[.:]+/).filter(Boolean).at(-1) || name;
    return posts.has(parts(last).join("")) || posts.has(stem(last.toLowerCase()));
  }

  const maker = making();
  let done = false;
  /* Go on with the index until a time; true once it is whole. */
  function make(until) {
    while (!done && performance.now() < until) done = maker.next().done;
    return done;
  }

  return { make, pasted: messages.find, answers, terminology, scenarios, holds, pieces };
};
