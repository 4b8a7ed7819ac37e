"""`await`, `async with` and `async for` lead where their plain forms lead."""


class Session:
    async def __aenter__(self):
        return Reader()  # -> .Reader [constructor]

    async def __aexit__(self, *error):
        pass


class Reader:
    async def read(self):
        return self

    def close(self):
        pass


async def run():
    reader = await Reader().read()  # -> .Reader [constructor]; .Reader.read [method]
    reader.close()  # -> .Reader.close [method]
