/**
 * Who may speak to a member on its peer port, and what of their words is believed.
 *
 * <pre>
 * PeerSecurity ──► Ratis' server and channels, and the channels of this project: one certificate, one trust
 * SerializedExceptions ──► the filter of the JVM for serialized objects, in which Ratis sends its exceptions
 * </pre>
 *
 * <p>Stands alone. Threads: everything is thread-safe.
 */
@NullMarked
package io.hightower.kv.replication.ratis.security;

import org.jspecify.annotations.NullMarked;
