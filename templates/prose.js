/* Prose, by Pagefind: loaded when a reader first searches, from a server only. Its index is that of
   the page's language. It needs no worker: an index of notes is small. */
const most = 8;
const folder = new URL("search/" + document.documentElement.lang + "/", import.meta.url);
const pages = new URL(document.documentElement.lang + "/", import.meta.url);
let started;

async function start() {
  const pagefind = await import(new URL("pagefind.js", folder));
  await pagefind.options({ noWorker: true, excerptLength: 24 });
  await pagefind.init();
  return pagefind;
}

/* The best hits: title, tour, address, and an excerpt in parts, each with whether it was found. */
export async function search(query) {
  started ||= start();
  const { results } = await (await started).search(asked(query));
  const runs = query.match(new RegExp(wide + "{2,}", "gu")) || [];
  const hits = await Promise.all(results.slice(0, runs.length ? 3 * most : most).map((one) => one.data()));
  const right = hits.filter((hit) => runs.every((run) => joined(hit.content).includes(run)));
  return right.slice(0, most).map(({ meta, content, excerpt }) => ({
    title: meta.title,
    tour: meta.tour,
    href: new URL(meta.address, pages).href,
    parts: joined(content).replace(/\.$/, "") === meta.title ? [] : parts(joined(excerpt)),
  }));
}

/* An excerpt is HTML, whose only tags are the marks. All else in it is shown as text. */
function parts(html) {
  const pieces = html.split(/<\/?mark>/).map((piece) => piece.replaceAll("&lt;", "<").replaceAll("&gt;", ">"));
  return pieces.map((piece, place) => [piece, place % 2 === 1]);
}

/* The index holds Chinese and Japanese by character: a run of them is asked for as a phrase. */
const wide = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]";
function asked(query) {
  const spaced = query.replace(new RegExp("(?<=" + wide + ")(?=\\S)|(?<=\\S)(?=" + wide + ")", "gu"), " ");
  return new RegExp("^" + wide + "{2,}$", "u").test(query) ? '"' + spaced + '"' : spaced;
}
function joined(text) {
  const sign = "(?:" + wide + "|[\\u3000-\\u303f\\uff00-\\uffef])";
  return text.replace(new RegExp("(?<=" + sign + "(?:</mark>)?) (?=(?:<mark>)?" + sign + ")", "gu"), "");
}
