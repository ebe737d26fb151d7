/**
 * The step on a graphics card: WebGPU from Node, beside PyTorch on CUDA where /usr/bin/python3 has it.
 *
 *   node bench/webgpu.js [cnn] [mlp100m]      one JSON line for each model
 *
 * Steps, batches and pictures are those of bench/step.js; the state stays on the card.
 */
import { spawnSync } from "node:child_process";
import { checkWebgpu, openRuntime } from "../dist/runtime/node/index.js";
import { createStepper, StepScalars } from "../dist/train/index.js";
import { randomPlan } from "./step.js";
import { median } from "./support.js";

const STEPS = 20;

/** The same networks, SGD with momentum, float32 without tensor cores' shortened products. */
const TORCH = `
import json, sys, time, torch
from torch import nn
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
def mlp(*sizes):
    layers = [nn.Flatten()]
    for i in range(len(sizes) - 1):
        layers += [nn.Linear(sizes[i], sizes[i + 1])] + ([nn.ReLU()] if i < len(sizes) - 2 else [])
    return nn.Sequential(*layers)
nets = {
    "cnn": lambda: nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(),
        nn.Conv2d(32, 64, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(4096, 10)),
    "mlp100m": lambda: mlp(3072, 8192, 8192, 1024, 10),
}
name, batch, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
net = nets[name]().cuda()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
x, y = torch.randn(batch, 3, 32, 32).cuda(), torch.randint(10, (batch,)).cuda()
times = []
for i in range(steps + 5):
    torch.cuda.synchronize(); start = time.perf_counter()
    optimizer.zero_grad(); loss = nn.functional.cross_entropy(net(x), y); loss.backward(); optimizer.step(); loss.item()
    torch.cuda.synchronize(); times.append(1000 * (time.perf_counter() - start))
print(json.dumps({"ms": sorted(times[5:])[steps // 2], "card": torch.cuda.get_device_name()}))
`;

const reason = await checkWebgpu();
if (reason !== undefined) {
  console.error(`no WebGPU here: ${reason}`);
  process.exit(1);
}
const runtime = await openRuntime("webgpu");
const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : ["cnn", "mlp100m"]) {
  const plan = await randomPlan(name);
  const scalars = new StepScalars(plan);
  const stepper = await createStepper(plan, runtime, scalars.scalars);
  const times = [];
  for (let i = 0; i < STEPS + 5; i++) {
    const start = performance.now();
    scalars.set(plan.learningRate, i + 1);
    await stepper.step(plan.train, i % stepper.stepsPerEpoch);
    times.push(performance.now() - start);
  }
  const args = ["-c", TORCH, name, String(plan.batchSize), String(STEPS)];
  const torch = spawnSync("/usr/bin/python3", args, { encoding: "utf8" });
  const peer = torch.status === 0 ? JSON.parse(torch.stdout) : { skipped: "PyTorch with CUDA is not here" };
  console.log(JSON.stringify({ model: name, device: runtime.description, ms: median(times.slice(5)), torch: peer }));
}
