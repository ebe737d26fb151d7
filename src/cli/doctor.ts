import { availableParallelism, totalmem } from "node:os";
import { VERSION } from "../core/index.ts";
import { loadNative, loadWasm, NATIVE_MEND } from "../runtime/node/index.ts";
import { callName, type Output, style } from "./output.ts";

/** One finding: good, bearable, or broken. */
interface Finding {
  readonly name: string;
  readonly state: "ok" | "warning" | "failed";
  readonly text: string;
}

/** Looks at what a run needs, and says what was found and how to mend the rest. */
export async function doctorCommand(output: Output): Promise<number> {
  const findings: Finding[] = [await node(), machine(), await native(), await wasm(), await pictures(), await cache()];
  const mark = { ok: style("green", "✓"), warning: style("yellow", "!"), failed: style("red", "✗") };
  output.say(`argmin ${VERSION}`);
  for (const finding of findings) {
    output.say(`  ${mark[finding.state]} ${finding.name.padEnd(9)} ${finding.text}`);
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

async function native(): Promise<Finding> {
  const runtime = await loadNative();
  if (!(runtime instanceof Error)) return { name: "native", state: "ok", text: runtime.description };
  const reason = runtime.message.split("\n")[0];
  return {
    name: "native",
    state: "warning",
    text: `not installed (${reason}); training is several times slower. Run: ${NATIVE_MEND}`,
  };
}

async function wasm(): Promise<Finding> {
  try {
    return { name: "wasm", state: "ok", text: (await loadWasm()).description };
  } catch (error) {
    return { name: "wasm", state: "failed", text: String(error) };
  }
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
