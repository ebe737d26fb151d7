import { frozen, Random } from "../../core/index.ts";
import { fromUnits } from "../../space/index.ts";
import { type Sampler, unseen } from "../sampler.ts";

/** Uniform on the scale of every parameter. Bergstra and Bengio 2012. */
export const randomSampler = frozen<Sampler>({
  name: "random",
  summary: "uniform on the scale of every parameter",
  defaults: {},
  ask: (request) => {
    const { space, seed, number } = request;
    const random = new Random(seed, "random sampler", number);
    return unseen(request, () =>
      fromUnits(
        space,
        Float64Array.from(space.names, () => random.uniform()),
      ),
    );
  },
});
