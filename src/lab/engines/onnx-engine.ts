import type { Engine, Numbers } from "./engine.ts";
import { compile, type ConvolutionForm, evaluate, jit } from "./onnx/index.ts";
import { versionsOf } from "./versions.ts";

/** TF.js steps traced to ONNX and executed by ONNX Runtime: the default. */
export function onnxEngine(convolution: ConvolutionForm) {
  return ({ threads }: { threads: number }): Engine => {
    const versions = versionsOf("onnxruntime-node", "@tensorflow/tfjs-core");
    return {
      id: `onnx-${versions["onnxruntime-node"]}-${convolution}`,
      versions,
      compile(step, { stopBelow }) {
        const program = jit(step, [], { threads, convolution, stopBelow });
        return {
          run: (steps) => program.run(steps)[0] as Float32Array,
          sync: program.sync,
          dispose: program.dispose,
        };
      },
      program(step, inputs, { stopBelow }) {
        const program = jit(step, inputs, {
          threads,
          convolution,
          ...(stopBelow !== null && { stopBelow }),
        });
        return {
          run: (steps, arrays) => program.run(steps, arrays) as Numbers[],
          sync: program.sync,
          dispose: program.dispose,
        };
      },
      forward(compute, shape) {
        const compiled = compile(compute, [{ shape }], { threads, convolution });
        return (x) => compiled.run([x])[0] as Float32Array;
      },
      evaluate: (compute) => evaluate(compute, { threads, convolution }) as Float32Array[],
    };
  };
}
