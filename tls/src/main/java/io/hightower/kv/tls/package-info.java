/**
 * Certificates and keys that TLS uses on both ends of a connection, read from PEM files that may be replaced at any time.
 *
 * <pre>
 * TlsFiles ──► ReloadingTls ──┬──► ReloadingKeyManager     who this process is, at every handshake
 *   (stamps, then content)    └──► ReloadingTrustManager   who the other side may be
 * CertificateAuthority ──► DevelopmentCertificates ──► a directory with files to begin with
 * </pre>
 *
 * <p>What is new in the files counts from the next handshake on; connections that are open stay as they are. Files that cannot
 * be used are refused at the start, with the file and what to do; later they are a warning, and what was read before stays in
 * force. Threads: handshakes look at the files, one at a time and at most once a second; there is no thread.
 */
@NullMarked
package io.hightower.kv.tls;

import org.jspecify.annotations.NullMarked;
