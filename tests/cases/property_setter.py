"""A property's setter and getter share a name; reading runs the getter."""


class A:
    @property
    def value(self):
        return self._get()  # -> .A._get [method]

    @value.setter
    def value(self, new):
        self._set(new)  # -> .A._set [method]

    def _get(self):
        return 1

    def _set(self, new):
        pass

    def read(self):
        return self.value  # -> .A.value [property]
