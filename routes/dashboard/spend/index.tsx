/**
 * Spend by model, which most look at first.
 *
 * @module
 */
export { default, handler } from "./[by].tsx";
