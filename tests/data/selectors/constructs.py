"""One of each construct; constructs.txt has the selector that `srcread at` prints for each place."""


@register("attention", fused=True)
class Attention(Module, metaclass=Registry):
    """Mixes values by weights."""

    scale: float
    heads = 8

    @property
    def width(self):
        return self.heads * self.scale

    class Options:
        causal = False


@overload
async def attend(
    query,
    key: "Tensor" = None,
    *masks,
    scale=lambda width: width**-0.5,
    **options,
) -> "Tensor":
    """Mix values by weights."""
    global calls
    import torch.nn.functional as F
    from .masks import merge, causal as causal_mask

    calls += 1
    q, (k, *rest) = project(query), options.pop("key")
    q, k = rotate(q, k)
    self.cache[0], self.cache[1] = k, q
    rows = cols = query.shape
    hint: "Mask"
    hint: "Mask" = merge(masks, kind="causal")

    # A comment, and a blank line below.

    if key is None and not masks: return query
    elif key.dim() == 2:
        key = key.unsqueeze(0)
    elif scale:
        raise ValueError(key) from None
    else:
        key = pad(key)

    if query.dim() == 3:
        if key.dim() == 3:
            return 3
        return 2

    for head in range(len(heads)):
        if not head:
            continue
        break
    else:
        print(head)

    while (mask := next(masks, None)) is not None:
        await mask.load("weights")
        del mask
    else:
        pass

    async with pool.take() as link, other.take():
        async for row in link.rows():
            yield row
    try:
        value = compute(query)
    except (KeyError, OSError) as error:
        log(error)
        raise
    except:
        value = None
    else:
        value = """
    else:
"""
    finally:
        link.close()

    match options["kind"]:
        case "causal" if allowed(query):
            value = causal_mask(value)
        case _:
            assert value.size(0) == rows, f"{rows} rows"

    @cached
    def helper(query, x, /):
        """Inner."""
        nonlocal value
        return x

    größe, 变量 = value.größe; value[0](1)
    value.norm(query)(2); make(x)[0](query); make(x)(y).z = 1; {}[0] = x
    value == größe
    ...
    value.norm(query)
    value.norm(query)
    return helper(value)
    return
