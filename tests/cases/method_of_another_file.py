"""A class of another file, its base of a third, a method that the base calls on itself."""

from .parts.shapes import Shape


class Circle(Shape):
    def area(self):
        return 3

    def size(self):
        return self.area()  # -> .Circle.area [method]

    def base_size(self):
        return super().area()  # -> cases.parts.shapes.Shape.area [super]
