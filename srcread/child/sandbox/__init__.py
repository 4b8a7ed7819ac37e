"""What confines snippets: a part of every plan's payload.

Standard library only, Python >= 3.9, and no import of srcread: a module that needs another is given
it. `confine` is the door; it tries the levels in order and says which one holds.

Two parts. Around the whole batch, once: namespaces of its own, by our own calls or by bubblewrap,
with a view of the file system that holds the interpreter and no home, and no network. Around each
snippet, in its fork: a /tmp of its own, another user, no capability, Landlock, limits.
Our own calls are tried first, because bubblewrap maps one user only (as root a snippet would stay
root, whom no cap on processes binds) and leaves namespaces open to a snippet. Bubblewrap is what
works where a system reserves user namespaces for programs that it knows (Ubuntu's AppArmor).
What holds is part of a run's environment in words, so a run under another level is recorded anew:
the level says how far a snippet could have tampered with its own verdict.
Left out: seccomp. The kernel's whole system call table is there to be attacked.
"""
