import { availableParallelism, totalmem } from "node:os";
import { VERSION } from "../core/index.ts";
import { probe, type Runtime } from "../runtime/index.ts";
import { checkWebgpu, loadNative, loadWasm, loadWebgpu, NATIVE_MEND, WEBGPU_MEND } from "../runtime/node/index.ts";
import { callName, type Output, style, wrapped } from "./output.ts";

/** One finding: good, bearable, or broken. */
interface Finding {
  readonly name: string;
  readonly state: "ok" | "warning" | "failed";
  readonly text: string;
}

/** Looks at what a run needs, and says what was found and how to mend the rest. */
export async function doctorCommand(output: Output): Promise<number> {
  const findings: Finding[] = [await node(), machine(), ...(await deviceFindings()), await pictures(), await cache()];
  const mark = { ok: style("green", "✓"), warning: style("yellow", "!"), failed: style("red", "✗") };
  output.say(`argmin ${VERSION}`);
  for (const finding of findings) {
    const [first, ...rest] = wrapped(finding.text, 66);
    output.say(`  ${mark[finding.state]} ${finding.name.padEnd(9)} ${first}`);
    for (const line of rest) output.say(`${" ".repeat(14)}${line}`);
    output.event({ event: "finding", ...finding });
  }
  const usable = !findings.some(({ state }) => state === "failed");
  output.say(usable ? `\nReady: ${callName()} quickstart` : "\nSomething is missing; see the lines marked ✗.");
  output.event({ event: "done", usable });
  return usable ? 0 : 1;
}

async function node(): Promise<Finding> {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const fine = major > 20 || (major === 20 && minor >= 19);
  const text = `${process.version}${fine ? "" : ", but 20.19 or newer is needed"}`;
  return { name: "Node", state: fine ? "ok" : "failed", text };
}

function machine(): Finding {
  const text = `${process.platform} ${process.arch}, ${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB memory`;
  return { name: "machine", state: "ok", text };
}

/** Each device with a tiny training step taken on it, or why it cannot take one. */
async function deviceFindings(): Promise<Finding[]> {
  // The card is asked in a process of its own meanwhile.
  const card = checkWebgpu();
  return [await native(), await wasm(), webgpu(await card)];
}

async function native(): Promise<Finding> {
  const runtime = await loadNative();
  if (!(runtime instanceof Error)) return await tried("cpu", runtime);
  const reason = runtime.message.split("\n")[0];
  return {
    name: "cpu",
    state: "warning",
    text: `native code is not installed (${reason}); training is several times slower. Run: ${NATIVE_MEND}`,
  };
}

async function wasm(): Promise<Finding> {
  try {
    return await tried("wasm", await loadWasm());
  } catch (error) {
    return { name: "wasm", state: "failed", text: String(error) };
  }
}

async function tried(name: string, runtime: Runtime): Promise<Finding> {
  try {
    await probe(runtime);
    return { name, state: "ok", text: `${runtime.description}: took a step` };
  } catch (error) {
    return { name, state: "failed", text: `${runtime.description}: ${(error as Error).message}` };
  }
}

function webgpu(reason: string | undefined): Finding {
  if (reason === undefined) return { name: "webgpu", state: "ok", text: `${loadWebgpu().description}: took a step` };
  return { name: "webgpu", state: "warning", text: `${reason}; nothing needs it. To have it, ${WEBGPU_MEND}` };
}

async function pictures(): Promise<Finding> {
  try {
    const { decoderVersion } = await import("../data/node/index.ts");
    return { name: "pictures", state: "ok", text: decoderVersion() };
  } catch (error) {
    const text = `sharp cannot be loaded (${String((error as Error).message).split("\n")[0]}); run: npm install --include=optional sharp`;
    return { name: "pictures", state: "failed", text };
  }
}

/** Where decoded pictures are kept. */
async function cache(): Promise<Finding> {
  const { cacheFacts, cacheFolder } = await import("../data/node/index.ts");
  const folder = cacheFolder();
  if (folder === undefined) return { name: "cache", state: "ok", text: "none (ARGMIN_CACHE)" };
  const { entries, bytes } = await cacheFacts(folder);
  const holds =
    entries === 0 ? "empty" : `${entries} data ${entries === 1 ? "set" : "sets"}, ${(bytes / 2 ** 20).toFixed(0)} MiB`;
  return { name: "cache", state: "ok", text: `${folder} (${holds})` };
}
