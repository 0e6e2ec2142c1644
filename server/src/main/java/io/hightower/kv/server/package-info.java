/** The network side of an engine: maps requests to commands and holds no logic of its own. */
@NullMarked
package io.hightower.kv.server;

import org.jspecify.annotations.NullMarked;
