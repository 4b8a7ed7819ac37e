"""What is put into an object's own dictionary is an attribute of it; so is what `vars` gives.

What the attribute was before stays a rival; where nobody puts anything, it stays alone.
"""


def first():
    pass


def second():
    pass


class ByItem:
    def __init__(self):
        self.act = first

    def run(self):
        self.act()  # -> .first [direct] | .second [direct]


class ByVars(ByItem):
    def run(self):
        self.act()  # -> .first [direct] | .second [direct]


class ByUpdate(ByItem):
    def run(self):
        self.act()  # -> .first [direct] | .second [direct]


class ByDict(ByItem):
    def run(self):
        self.act()  # -> .first [direct] | .second [direct]


class ByAlias(ByItem):
    def run(self):
        self.act()  # -> .first [direct] | .second [direct]


class Whole(ByItem):
    def run(self):
        self.act()  # -> .first [direct] | .second [direct]


class ByObject(ByItem):
    def run(self):
        self.act()  # -> .first [direct] | .second [direct]


class Own:
    def __init__(self):
        self.one = first
        self.two = first
        self.three = first
        vars(self)["one"] = second
        self.__dict__.update(two=second)
        self.__dict__.update({"three": second, "four": second})

    def run(self):
        self.one()  # -> .first [direct] | .second [direct]
        self.two()  # -> .first [direct] | .second [direct]
        self.three()  # -> .first [direct] | .second [direct]
        self.four()  # -> .second [direct]


class Almost(ByItem):
    def run(self):
        self.act()  # -> .first [direct]


def run():
    by_item = ByItem()  # -> .ByItem.__init__ [constructor]
    by_item.__dict__["act"] = second
    by_item.run()  # -> .ByItem.run [method]
    by_vars = ByVars()  # -> .ByItem.__init__ [constructor]
    vars(by_vars)["act"] = second
    by_vars.run()  # -> .ByVars.run [method]
    by_update = ByUpdate()  # -> .ByItem.__init__ [constructor]
    by_update.__dict__.update(act=second)
    by_update.run()  # -> .ByUpdate.run [method]
    by_dict = ByDict()  # -> .ByItem.__init__ [constructor]
    vars(by_dict).update({"act": second})
    by_dict.run()  # -> .ByDict.run [method]
    by_alias = ByAlias()  # -> .ByItem.__init__ [constructor]
    attributes = by_alias.__dict__
    attributes["act"] = second
    by_alias.run()  # -> .ByAlias.run [method]
    whole = Whole()  # -> .ByItem.__init__ [constructor]
    whole.__dict__ = {"act": second}
    whole.run()  # -> .Whole.run [method]
    by_object = ByObject()  # -> .ByItem.__init__ [constructor]
    object.__setattr__(by_object, "act", second)
    by_object.run()  # -> .ByObject.run [method]
    almost = Almost()  # -> .ByItem.__init__ [constructor]
    {"act": first}.update(act=second)
    almost.run()  # -> .Almost.run [method]
