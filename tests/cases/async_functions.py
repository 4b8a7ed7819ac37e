"""`await` and `async with` lead where their plain forms lead."""


class Reader:
    async def read(self):
        return self

    def close(self):
        pass

    def other(self):
        pass


class Session:
    async def __aenter__(self):
        return Reader()  # -> .Reader [constructor]

    async def __aexit__(self, *error):
        pass


async def run():
    reader = await Reader().read()  # -> .Reader [constructor]; .Reader.read [method]
    reader.close()  # -> .Reader.close [method]
    async with Session() as opened:  # -> .Session [constructor] & .Session.__aenter__ [method] & .Session.__aexit__ [method]
        opened.other()  # -> .Reader.other [method]
