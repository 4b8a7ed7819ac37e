"""A function that is handed on with what it is called with; what it gives comes back later."""

import unread


class Part:
    def go(self):
        pass

    def stop(self):
        pass


class Worker(unread.Thread):
    def run(self):
        begun()  # -> .begun [direct]


def begun():
    pass


def work(part):
    part.go()  # -> .Part.go [method]
    return part


def other(part):
    part.go()  # -> .Part.go [method]
    return part


def each(part):
    part.go()  # -> .Part.go [method]
    return part


def nothing(part):
    part.go()  # -> ? the parameter 'part' may hold anything


async def load():
    return Part()  # -> .Part [constructor]


def run(pool: unread.Pool):
    unread.spawn("name", work, (Part(),))  # -> unread.spawn [external] & perhaps .work [direct]; .Part [constructor]
    unread.spawn(target=work, args=(Part(),))  # -> unread.spawn [external] & perhaps .work [direct]; .Part [constructor]
    pool.submit(other, Part()).result().go()  # -> unread.Pool.submit [external] & perhaps .other [direct]; unread.Task.result [external]; .Part.go [method]; .Part [constructor]
    pool.map(each, [Part()])  # -> unread.Pool.map [external] & perhaps .each [direct]; .Part [constructor]
    unread.keep(nothing, Part())  # -> unread.keep [external] & perhaps .nothing [direct]; .Part [constructor]
    Worker().start()  # -> unread.Thread.__init__ [external] & .Worker [constructor]; unread.Thread.start [external] & .Worker.run [method]


async def later():
    task = unread.start(load())  # -> unread.start [external]; .load [direct]
    task.stop()  # -> unread.Task.stop [external]
    (await task).go()  # -> .Part.go [method]
    first, _ = await unread.all_of(load(), load())  # -> unread.all_of [external]; .load [direct]; .load [direct]
    first.go()  # -> .Part.go [method]
    unread.run(load()).go()  # -> unread.run [external]; .Part.go [method]; .load [direct]


def almost():
    unread.start(work)  # -> unread.start [external] & perhaps .work [direct]
