import { backend_util, util } from "@tensorflow/tfjs-core";
import { reshape, slice, transpose } from "../build.ts";
import type { Lowering, LoweringTable } from "../kernel.ts";
import { pad } from "./shape.ts";

const spaceToBatch: Lowering = ({ inputs: { x }, attributes }) => {
  const block = attributes["blockShape"] as number[];
  const paddings = attributes["paddings"] as [number, number][];
  const rest = x!.shape.slice(1 + block.length).map((): [number, number] => [0, 0]);
  const padded = pad(x!, [[0, 0], ...paddings, ...rest]);
  const size = util.sizeFromShape(block);
  const split = backend_util.getReshaped(padded.shape, block, size, false);
  const order = backend_util.getPermuted(split.length, block.length, false);
  const shape = backend_util.getReshapedPermuted(padded.shape, block, size, false);
  return reshape(transpose(reshape(padded, split), order), shape);
};

const batchToSpace: Lowering = ({ inputs: { x }, attributes }) => {
  const block = attributes["blockShape"] as number[];
  const crops = attributes["crops"] as number[][];
  const size = util.sizeFromShape(block);
  const split = backend_util.getReshaped(x!.shape, block, size);
  const order = backend_util.getPermuted(split.length, block.length);
  const shape = backend_util.getReshapedPermuted(x!.shape, block, size);
  const begin = backend_util.getSliceBeginCoords(crops, block.length);
  const kept = backend_util.getSliceSize(shape, crops, block.length);
  return slice(
    reshape(transpose(reshape(x!, split), order), shape),
    shape.map((_, i) => begin[i] ?? 0),
    shape.map((d, i) => kept[i] ?? d),
  );
};

const depthToSpace: Lowering = ({ inputs: { x }, attributes: { blockSize } }) => {
  const block = blockSize as number;
  const [batch, height, width, depth] = x!.shape as [number, number, number, number];
  const channels = depth / block ** 2;
  const split = reshape(x!, [batch, height, width, block, block, channels]);
  const shape = [batch, height * block, width * block, channels];
  return reshape(transpose(split, [0, 1, 3, 2, 4, 5]), shape);
};

export const blocks: LoweringTable = {
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  DepthToSpace: depthToSpace,
};
