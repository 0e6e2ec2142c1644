/** Replication over Apache Ratis; no other package knows the Ratis types. */
@NullMarked
package io.hightower.kv.replication.ratis;

import org.jspecify.annotations.NullMarked;
