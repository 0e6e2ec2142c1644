/** Addresses that surfaces listen on, and the failure to listen. */
@NullMarked
package io.hightower.kv.server.listen;

import org.jspecify.annotations.NullMarked;
