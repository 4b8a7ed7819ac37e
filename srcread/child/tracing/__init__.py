"""What watches a scenario from inside its process.

| module | does |
|---|---|
| `tracer` | the observer: which of the others take part in a run |
| `probes` | calls of a recorder written into the functions' own code |
| `recorder` | what the probes call: activations, in descriptions |
| `words` | a value in words |
| `operators` | what the profiler saw, as trees |
| `cases` | activations interned to cases, in a trace file's form |
| `outcome` | a digest of the output, and of the random generators |
"""
