import type { InferenceSession } from "onnxruntime-common";
import { BLOCKS_ARE_WIDE } from "../../ir/index.ts";
import { widthProbe, withWidth } from "../../onnx/index.ts";

type Sessions = Pick<InferenceSession, "run" | "release">;

/** Whether blocks are 16 wide on this processor. */
async function areWide(create: (model: Uint8Array) => Promise<Sessions>): Promise<boolean> {
  const session = await create(widthProbe());
  const { probed } = await session.run({});
  await session.release();
  return probed.data[0] === 16;
}

/**
 * Says to native models how wide blocks are, where they leave it open.
 * @param create opens a model; asked once, when the first one wants to know
 */
export function widthTeller(create: (model: Uint8Array) => Promise<Sessions>) {
  let wide: Promise<boolean> | undefined;
  return async (model: Uint8Array): Promise<Uint8Array> => {
    if (!Buffer.from(model.buffer, model.byteOffset, model.length).includes(BLOCKS_ARE_WIDE)) return model;
    wide ??= areWide(create);
    return withWidth(model, await wide);
  };
}
