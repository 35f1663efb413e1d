/** Repeats an expectation until it holds; after the deadline its own failure is the test's. */
export async function eventually(expectation: () => Promise<void>, withinMs = 120_000) {
  const deadline = performance.now() + withinMs;
  while (true) {
    try {
      return await expectation();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
