"""An attribute is what it was surely given last before it is read, by an assignment or a call."""


def one():
    pass


def two():
    pass


class _Job:
    def __init__(self, act):
        self.act = act  # -> ._Traced.act@setter [property]

    def change(self, act):
        self.act = act

    def maybe(self, act, really):
        if really:
            self.act = act

    def early(self, act, really):
        if really:
            return
        self.act = act

    def look(self):
        return 1


class _Busy:
    def __init__(self, act):
        self.act = act

    def __add__(self, other):
        self.act = two
        return self

    def __setitem__(self, key, act):
        self.act = act

    @property
    def changed(self):
        self.act = two
        return True


class _Traced(_Job):
    @property
    def act(self):
        return self._act

    @act.setter
    def act(self, act):
        self._act = one


def _replaced(job, act):
    job.act = act


def _through(job, act):
    def inner():
        job.act = act

    inner()  # -> ._through.<locals>.inner [direct]


def _made():
    job = _Job(one)  # -> ._Job.__init__ [constructor]
    job.act = two
    return job


def by_assignment():
    job = _Job(one)  # -> ._Job.__init__ [constructor]
    job.act()  # -> .one [direct]
    job.act = two
    job.act()  # -> .two [direct]


def by_method():
    job = _Job(one)  # -> ._Job.__init__ [constructor]
    job.change(two)  # -> ._Job.change [method]
    print(len([1]), job.act)
    job.act()  # -> .two [direct]


def by_function():
    job = _Job(one)  # -> ._Job.__init__ [constructor]
    _replaced(job, two)  # -> ._replaced [direct]
    job.act()  # -> .two [direct]


def by_keyword():
    job = _Job(one)  # -> ._Job.__init__ [constructor]
    _replaced(act=two, job=job)  # -> ._replaced [direct]
    job.act()  # -> .two [direct]


def by_function_inside():
    job = _Job(one)  # -> ._Job.__init__ [constructor]

    def change():
        job.act = two

    change()  # -> .by_function_inside.<locals>.change [direct]
    job.act()  # -> .two [direct]


def by_two_steps():
    job = _Job(one)  # -> ._Job.__init__ [constructor]
    _through(job, two)  # -> ._through [direct]
    job.act()  # -> .two [direct]


def in_a_branch(flag):
    job = _Job(one)  # -> ._Job.__init__ [constructor]
    job.act = two
    if flag:
        job.act()  # -> .two [direct] if flag


def only_in_a_branch(flag):
    job = _Job(one)  # -> ._Job.__init__ [constructor]
    if flag:
        job.act = two
    job.act()  # -> .one [direct] | .two [direct] | ? the parameter 'act' may hold anything


def in_a_loop(jobs):
    job = _Job(one)  # -> ._Job.__init__ [constructor]
    for _ in jobs:
        job.act()  # -> .one [direct] | .two [direct] | ? the parameter 'act' may hold anything
        job.act = two
        job.act()  # -> .two [direct]


def by_an_alias():
    job = _Job(one)  # -> ._Job.__init__ [constructor]
    other = job
    other.act = two
    job.act()  # -> .one [direct] | .two [direct] | ? the parameter 'act' may hold anything


def by_what_may():
    job = _Job(one)  # -> ._Job.__init__ [constructor]
    job.maybe(two, one)  # -> ._Job.maybe [method]
    job.act()  # -> .one [direct] | .two [direct] | ? the parameter 'act' may hold anything


def by_what_may_leave():
    job = _Job(one)  # -> ._Job.__init__ [constructor]
    job.early(two, one)  # -> ._Job.early [method]
    job.act()  # -> .one [direct] | .two [direct] | ? the parameter 'act' may hold anything


def by_who_makes_it():
    job = _made()  # -> ._made [direct]
    job.act()  # -> .one [direct] | .two [direct] | ? the parameter 'act' may hold anything


def by_a_property():
    job = _Traced(two)  # -> ._Job.__init__ [constructor]
    job.act = two  # -> ._Traced.act@setter [property]
    job.act()  # -> ._Traced.act [property]; .one [direct] | .two [direct] | ? the parameter 'act' may hold anything


def by_what_is_not_followed(unknown):
    job = _Job(one)  # -> ._Job.__init__ [constructor]
    job.change(two)  # -> ._Job.change [method]
    unknown(job)  # -> ? may hold anything
    job.act()  # -> .one [direct] | .two [direct] | ? the parameter 'act' may hold anything


def by_an_operator():
    job = _Busy(one)  # -> ._Busy.__init__ [constructor]
    other = job + 1  # -> ._Busy.__add__ [method]
    job.act()  # -> .one [direct] | .two [direct] | ? the parameter 'act' may hold anything
    return other


def by_an_item():
    job = _Busy(one)  # -> ._Busy.__init__ [constructor]
    job["act"] = two  # -> ._Busy.__setitem__ [method]
    job.act()  # -> .one [direct] | .two [direct] | ? the parameter 'act' may hold anything


def by_reading_another():
    job = _Busy(one)  # -> ._Busy.__init__ [constructor]
    job.changed  # -> ._Busy.changed [property]
    job.act()  # -> .one [direct] | .two [direct] | ? the parameter 'act' may hold anything
