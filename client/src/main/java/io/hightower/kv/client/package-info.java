/** A client for programs that reach a server over the network. */
@NullMarked
package io.hightower.kv.client;

import org.jspecify.annotations.NullMarked;
