import type { Op } from "../ir/index.ts";
import { absOp } from "./abs.ts";
import { addOp } from "./add.ts";
import { averagePool2dOp, averageUnpool2dOp } from "./average-pool2d.ts";
import { batchNormOp, batchStatisticOp, channelAffineOp } from "./batch-norm.ts";
import { castOp } from "./cast.ts";
import { equalOp, greaterEqualOp, greaterOp, lessEqualOp, lessOp } from "./compare.ts";
import { concatOp } from "./concat.ts";
import { conv2dOp, inputGradOp, weightGradOp } from "./conv2d.ts";
import { dequantizeOp } from "./dequantize.ts";
import { divOp } from "./div.ts";
import { erfOp } from "./erf.ts";
import { expOp } from "./exp.ts";
import { gatherOp, scatterAddOp } from "./gather.ts";
import { gatherElementsOp, scatterElementsAddOp } from "./gather-elements.ts";
import { geluOp } from "./gelu.ts";
import { inverseDeviationOp, layerNormOp } from "./layer-norm.ts";
import { leakyReluOp } from "./leaky-relu.ts";
import { logOp } from "./log.ts";
import { logSoftmaxOp } from "./log-softmax.ts";
import { matmulOp } from "./matmul.ts";
import { maxOp } from "./max.ts";
import { maxPool2dOp, maxUnpool2dOp, winners2dOp } from "./max-pool2d.ts";
import { maximumOp } from "./maximum.ts";
import { minimumOp } from "./minimum.ts";
import { mulOp } from "./mul.ts";
import { negOp } from "./neg.ts";
import { oneHotOp } from "./one-hot.ts";
import { powOp } from "./pow.ts";
import { reluGradOp, reluOp } from "./relu.ts";
import { reshapeOp } from "./reshape.ts";
import { sigmoidOp } from "./sigmoid.ts";
import { siluOp } from "./silu.ts";
import { padOp, sliceOp } from "./slice.ts";
import { softmaxOp } from "./softmax.ts";
import { softplusOp } from "./softplus.ts";
import { sqrtOp } from "./sqrt.ts";
import { standardizeOp } from "./standardize.ts";
import { subOp } from "./sub.ts";
import { broadcastToOp, sumOp } from "./sum.ts";
import { tanhOp } from "./tanh.ts";
import { transposeOp } from "./transpose.ts";
import { whereOp } from "./where.ts";

export { abs } from "./abs.ts";
export { add } from "./add.ts";
export { averagePool2d } from "./average-pool2d.ts";
export { type BatchNormed, batchNorm, channelAffine } from "./batch-norm.ts";
export { cast } from "./cast.ts";
export { equal, greater, greaterEqual, less, lessEqual } from "./compare.ts";
export { concat } from "./concat.ts";
export { type ConvOptions, conv2d, convTranspose2d } from "./conv2d.ts";
export { type DequantizeAttrs, dequantize } from "./dequantize.ts";
export { div } from "./div.ts";
export { erf } from "./erf.ts";
export { exp } from "./exp.ts";
export { gather } from "./gather.ts";
export { gatherElements } from "./gather-elements.ts";
export { gelu } from "./gelu.ts";
export { groupNorm } from "./group-norm.ts";
export { layerNorm } from "./layer-norm.ts";
export { leakyRelu } from "./leaky-relu.ts";
export { log } from "./log.ts";
export { logSoftmax } from "./log-softmax.ts";
export { matmul } from "./matmul.ts";
export { max } from "./max.ts";
export { maxPool2d, type PoolOptions } from "./max-pool2d.ts";
export { maximum } from "./maximum.ts";
export { mean } from "./mean.ts";
export { minimum } from "./minimum.ts";
export { mul, square } from "./mul.ts";
export { neg } from "./neg.ts";
export { oneHot } from "./one-hot.ts";
export { pow } from "./pow.ts";
export type { Axes } from "./reduce.ts";
export { relu } from "./relu.ts";
export { flatten, reshape } from "./reshape.ts";
export { sigmoid } from "./sigmoid.ts";
export { silu } from "./silu.ts";
export { type AxisRange, pad, slice } from "./slice.ts";
export { softmax } from "./softmax.ts";
export { softplus } from "./softplus.ts";
export { sqrt } from "./sqrt.ts";
export { type StandardizeAttrs, standardize } from "./standardize.ts";
export { sub } from "./sub.ts";
export { broadcastTo, sum, sumTo, total } from "./sum.ts";
export { tanh } from "./tanh.ts";
export { transpose } from "./transpose.ts";
export { where } from "./where.ts";
export type { PairLike } from "./windows.ts";

/** Every unit, by name. */
export const ops = Object.freeze(
  Object.fromEntries(
    (
      [
        absOp,
        addOp,
        averagePool2dOp,
        averageUnpool2dOp,
        batchNormOp,
        batchStatisticOp,
        broadcastToOp,
        castOp,
        channelAffineOp,
        concatOp,
        conv2dOp,
        inputGradOp,
        weightGradOp,
        dequantizeOp,
        divOp,
        equalOp,
        erfOp,
        expOp,
        gatherElementsOp,
        gatherOp,
        geluOp,
        greaterEqualOp,
        greaterOp,
        inverseDeviationOp,
        layerNormOp,
        leakyReluOp,
        lessEqualOp,
        lessOp,
        logOp,
        logSoftmaxOp,
        matmulOp,
        maxOp,
        maxPool2dOp,
        maxUnpool2dOp,
        maximumOp,
        minimumOp,
        mulOp,
        negOp,
        oneHotOp,
        padOp,
        powOp,
        reluOp,
        reluGradOp,
        reshapeOp,
        scatterAddOp,
        scatterElementsAddOp,
        sigmoidOp,
        siluOp,
        sliceOp,
        softmaxOp,
        softplusOp,
        sqrtOp,
        standardizeOp,
        subOp,
        sumOp,
        tanhOp,
        transposeOp,
        whereOp,
        winners2dOp,
      ] as Op<unknown>[]
    ).map((op) => [op.name, op]),
  ),
) as Readonly<Record<string, Op<unknown>>>;
