/**
 * Tells an element whether it stands inside `<Head>`, and so belongs into the document's head.
 *
 * @module
 */
import { createContext } from "preact";

/** True below `<Head>`. */
export const HeadContext = createContext(false);
