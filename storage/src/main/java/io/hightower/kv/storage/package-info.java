/** The log-structured store: how applied state is kept in files and found again after a crash. */
@NullMarked
package io.hightower.kv.storage;

import org.jspecify.annotations.NullMarked;
