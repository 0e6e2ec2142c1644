/** What checkers say of a history. Threads: immutable. */
@NullMarked
package io.hightower.kv.cluster.check.verdict;

import org.jspecify.annotations.NullMarked;
