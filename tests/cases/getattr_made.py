"""`getattr` with a name that is put together from texts; one that is put together from more."""


class Visitor:
    def visit_name(self):
        pass

    def visit_call(self):
        pass

    def run(self, kind):
        for word in ("name", "call"):
            getattr(self, f"visit_{word}")()  # -> .Visitor.visit_name [method] | .Visitor.visit_call [method]
        getattr(self, "visit_" + "name")()  # -> .Visitor.visit_name [method]
        getattr(self, "visit_" + kind)()  # -> .Visitor.visit_name [method] | .Visitor.visit_call [method] | ? the name that builtins.getattr looks up is made when it runs


def almost(kind):
    return f"visit_{kind}".join("a")  # -> builtins.str.join [external]
