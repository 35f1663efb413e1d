/** The process that fetches the ONNX runtime; `runtime.ts` starts it and reads where it is. */
const name = "onnxruntime-web/wasm";
await import(name);
Deno.stdout.writeSync(new TextEncoder().encode(import.meta.resolve(name)));
