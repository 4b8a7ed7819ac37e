"""Making a small model of any class and calling it: what `read --run auto` tries, and writes down.

    attempt     the observer: makes a script for one rung, runs it, and tells what came of it
    entry       what a name leads to, and by what it is built: settings, a maker, or nothing
    shrinking   settings made small, by their names
    inputs      what a call needs, by the names of parameters, settings, or the first layer
    writing     the lines of the script

The rules are data, srcread/running/auto.toml, and travel in what the observer is told. A model is
made nowhere but in its attempt's process, which has limits of its own.
"""
