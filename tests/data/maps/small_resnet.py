"""A stage of bottlenecks with a shortcut, a pooling and a classifier; it is read, and it is run."""

from torch import nn


class Bottleneck(nn.Module):
    """Three convolutions, added to what came in."""

    def __init__(self, width, inner, stride=1, downsample=None):
        super().__init__()
        self.conv1 = nn.Conv2d(width, inner, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, inner * 4, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(inner * 4)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample

    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class Stage(nn.Module):
    """Bottlenecks in a row, of which the first halves the picture."""

    def __init__(self, blocks=3):
        super().__init__()
        first = nn.Sequential(nn.Conv2d(16, 64, 1, 2, bias=False), nn.BatchNorm2d(64))
        rest = [Bottleneck(64, 16) for _ in range(blocks - 1)]
        self.stage = nn.Sequential(Bottleneck(16, 16, 2, first), *rest)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = self.avgpool(self.stage(x))
        return self.fc(x.flatten(1))
