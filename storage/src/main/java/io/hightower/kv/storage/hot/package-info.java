/**
 * The newest values of keys that are read often, found with one probe instead of a search in tables.
 *
 * <p><b>Data flow.</b> A reader asks {@code HotKeyIndex} first; what it then found elsewhere, it promotes. The writer does not
 * put values in, it only stamps what it changes, which makes older entries useless. <b>Threads.</b> Any number of readers, one
 * writer, no locks.
 */
@NullMarked
package io.hightower.kv.storage.hot;

import org.jspecify.annotations.NullMarked;
