"""One case of the bench in PyTorch: the same network, the same rule, one line of JSON per request.

See protocol.ts for what is read and written. `engine` is the memory format of a convolutional
network's tensors: "contiguous" or "channels_last". Of several equivalent forms of an optimizer
(a loop over parameters, foreach, fused) the fastest on this network is kept.
"""

import json
import math
import sys
import time

started = time.perf_counter()
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

load_ms = (time.perf_counter() - started) * 1e3


def create_parameters(model, memory_format):
    """Weights and biases, uniform in ±1/√fan_in: [(weight, bias or None), …]."""
    convolutional = model["kind"] == "cnn"
    hidden = model["channels"] if convolutional else model["width"]
    ends = 1 if convolutional else 784
    sizes = [ends] + [hidden] * (model["layers"] - 1) + [ends]
    window = (model["kernel"],) * 2 if convolutional else ()
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        bound = 1 / math.sqrt(inputs * math.prod(window))
        weight = torch.empty(outputs, inputs, *window).uniform_(-bound, bound)
        if convolutional:
            weight = weight.to(memory_format=memory_format)
        bias = torch.empty(outputs).uniform_(-bound, bound) if model["biases"] else None
        layers.append((weight, bias))
    return layers


def apply(model, layers, x):
    """[n, 1, 28, 28] or [n, 784] → the same shape; ReLU between layers unless they are linear."""
    rectify = model["kind"] == "cnn" or model["activation"] == "relu"
    for i, (weight, bias) in enumerate(layers):
        if model["kind"] == "cnn":
            x = F.conv2d(x, weight, bias, padding=model["kernel"] // 2)
        else:
            x = F.linear(x, weight, bias)
        if rectify and i < len(layers) - 1:
            x = F.relu(x)
    return x


def flat(tensor):
    """All entries in the order of memory, without a copy."""
    if tensor.is_contiguous():
        return tensor.view(-1)
    return tensor.permute(0, 2, 3, 1).reshape(-1)


def normalised(parameters, spec, squared_norm):
    """Gradient descent by steps of length min(loss_fraction · loss / ‖g‖, cap) along −g/‖g‖."""

    def update(loss):
        gradients = [p.grad for p in parameters]
        norm = math.sqrt(squared_norm(gradients))
        length = min(spec["lossFraction"] * loss.item() / norm, spec["cap"])
        torch._foreach_add_(parameters, gradients, alpha=-length / norm)

    return torch.no_grad()(update)


def optimizer_variants(parameters, spec):
    """Name → a maker of update(loss); all of one rule."""
    kind = spec["kind"]
    if kind == "ngd":
        return {
            "norm": lambda: normalised(
                parameters, spec, lambda gs: sum(n.item() ** 2 for n in torch._foreach_norm(gs))
            ),
            "dot": lambda: normalised(
                parameters, spec, lambda gs: sum(torch.dot(flat(g), flat(g)).item() for g in gs)
            ),
        }

    def make(**form):
        rate = spec["learningRate"]
        if kind == "adam":
            optimizer = torch.optim.Adam(parameters, rate, eps=1e-7, **form)
        else:
            optimizer = torch.optim.SGD(parameters, rate, spec.get("momentum", 0), **form)
        return lambda loss: optimizer.step()

    return {
        "fused": lambda: make(fused=True),
        "foreach": lambda: make(foreach=True),
        "loop": lambda: make(foreach=False),
    }


def fastest(variants, loss):
    """The name of the variant whose update takes the least time on gradients that are there."""
    best = {}
    for name, make in variants.items():
        update = make()
        times = []
        for _ in range(6):
            begun = time.perf_counter()
            update(loss)
            times.append(time.perf_counter() - begun)
        best[name] = min(times)
    return min(best, key=best.get)


def training(case, memory_format):
    """
    (step, state): one call of step is one training step. The first chooses the optimizer's form:
    only then has the machine nothing else to do.
    """
    model = case["model"]
    layers = create_parameters(model, memory_format)
    parameters = [p.requires_grad_() for layer in layers for p in layer if p is not None]
    x = torch.randn(1, 1, 28, 28) if model["kind"] == "cnn" else torch.randn(1, 784)
    if model["kind"] == "cnn":
        x = x.to(memory_format=memory_format)

    def backward():
        for p in parameters:
            p.grad = None
        loss = F.mse_loss(apply(model, layers, x), x)
        loss.backward()
        return loss

    state = {"variant": None, "update": None}

    def step():
        loss = backward()
        if state["variant"] is None:
            variants = optimizer_variants(parameters, case["optimizer"])
            state["variant"] = fastest(variants, loss)
            state["update"] = variants[state["variant"]]()
        state["update"](loss)
        return loss.item()

    return step, state


def inference(case, memory_format):
    layers = create_parameters(case["model"], memory_format)
    x = torch.randn(case["images"], 1, 28, 28).to(memory_format=memory_format)
    return lambda: apply(case["model"], layers, x).sum().item()


def sgemm(case):
    size = case["size"]
    factor = torch.randn(size, size) / math.sqrt(size)
    state, spare = torch.randn(size, size), torch.empty(size, size)

    def step():
        nonlocal state, spare
        torch.mm(state, factor, out=spare)
        state, spare = spare, state
        return state[0, 0].item()

    return step


def prepare(setup):
    """(step, state); state["variant"] is the form of the optimizer, None without one."""
    torch.manual_seed(1)
    torch.set_num_threads(setup["threads"])
    case = setup["case"]
    formats = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
    memory_format = formats[setup["engine"]]
    if case["kind"] == "training":
        return training(case, memory_format)
    step = inference(case, memory_format) if case["kind"] == "inference" else sgemm(case)
    return step, {"variant": None}


def timed(step, steps, gradients):
    """Milliseconds for so many steps, and of work on all cores. @raises ArithmeticError if a loss is not finite."""
    worked, begun = time.process_time(), time.perf_counter()
    with torch.set_grad_enabled(gradients):
        for _ in range(steps):
            value = step()
    ms = (time.perf_counter() - begun) * 1e3
    cpu_ms = (time.process_time() - worked) * 1e3
    if not math.isfinite(value):
        raise ArithmeticError(f"the loss became {value}")
    return {"ms": ms, "cpuMs": cpu_ms}


def peak_mb():
    """Peak resident memory in MB; None on Windows, whose Python cannot tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def tell(line):
    print(json.dumps(line), flush=True)


def main():
    try:
        setup = json.loads(sys.stdin.readline())
        step, state = prepare(setup)
        tell({"loadMs": load_ms, "compileMs": None})
        for line in sys.stdin:
            timing = timed(step, json.loads(line)["steps"], setup["case"]["kind"] == "training")
            tell({**timing, "rssMb": peak_mb(), "variant": state["variant"]})
    except Exception as error:
        tell({"error": f"{type(error).__name__}: {error}"})


main()
