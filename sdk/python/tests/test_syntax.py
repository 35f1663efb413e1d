import ast
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src" / "watchllm"


class Syntax(unittest.TestCase):
    def test_every_module_is_python_3_9(self) -> None:
        modules = sorted(SOURCE.glob("*.py"))
        self.assertTrue(modules)
        for module in modules:
            with self.subTest(module.name):
                ast.parse(module.read_text("utf-8"), feature_version=(3, 9))

    def test_nothing_is_imported_but_the_standard_library(self) -> None:
        import sys

        allowed = getattr(sys, "stdlib_module_names", None)
        if allowed is None:
            self.skipTest("this Python does not name its own modules")
        for module in sorted(SOURCE.glob("*.py")):
            for node in ast.walk(ast.parse(module.read_text("utf-8"))):
                names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.level == 0:
                    names = [node.module or ""]
                for name in names:
                    self.assertIn(name.split(".")[0], {*allowed, "watchllm"}, module.name)


if __name__ == "__main__":
    unittest.main()
