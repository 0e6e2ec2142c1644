/** The {@code hightower} command and its subcommands. */
@NullMarked
package io.hightower.kv.cli;

import org.jspecify.annotations.NullMarked;
