package io.hightower.kv.tls;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/**
 * A TLS handshake of two engines in memory, without sockets and threads.
 *
 * @param serverShown the certificate that the client saw
 * @param clientShown the certificate that the server saw
 */
record Handshake(X509Certificate serverShown, X509Certificate clientShown) {
    private static final int ROUNDS_MAX = 100;

    /** Has {@code client} call {@code server} by a host name; both show certificates. */
    static Handshake between(ReloadingTls client, ReloadingTls server, String host)
            throws GeneralSecurityException, SSLException {
        return between(client, server, host, "TLSv1.3");
    }

    static Handshake between(ReloadingTls client, ReloadingTls server, String host, String protocol)
            throws GeneralSecurityException, SSLException {
        SSLEngine calling = context(client).createSSLEngine(host, 1);
        calling.setUseClientMode(true);
        SSLParameters parameters = calling.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {protocol});
        calling.setSSLParameters(parameters);
        SSLEngine serving = context(server).createSSLEngine();
        serving.setUseClientMode(false);
        serving.setNeedClientAuth(server.clientCertAuth());
        shake(calling, serving);
        return new Handshake((X509Certificate) calling.getSession().getPeerCertificates()[0], (X509Certificate)
                serving.getSession().getPeerCertificates()[0]);
    }

    private static SSLContext context(ReloadingTls tls) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {tls.keyManager()}, new TrustManager[] {tls.trustManager()}, null);
        return context;
    }

    private static void shake(SSLEngine client, SSLEngine server) throws SSLException {
        ByteBuffer toServer = ByteBuffer.allocate(1 << 17);
        ByteBuffer toClient = ByteBuffer.allocate(1 << 17);
        client.beginHandshake();
        server.beginHandshake();
        for (int round = 0; round < ROUNDS_MAX; round++) {
            step(client, toServer, toClient);
            step(server, toClient, toServer);
            if (isDone(client) && isDone(server) && toServer.position() == 0 && toClient.position() == 0) {
                return;
            }
        }
        throw new SSLException("The handshake does not come to an end");
    }

    private static boolean isDone(SSLEngine engine) {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                || engine.getHandshakeStatus() == HandshakeStatus.FINISHED;
    }

    /** Reads what came, then works and writes until the engine waits for the other one. */
    private static void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
        ByteBuffer nothing = ByteBuffer.allocate(0);
        ByteBuffer content = ByteBuffer.allocate(1 << 16);
        in.flip();
        int before;
        do {
            before = in.remaining() + out.position();
            runTasks(engine);
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                engine.wrap(nothing, out);
            } else if (in.hasRemaining()) {
                engine.unwrap(in, content);
            }
            runTasks(engine);
        } while (in.remaining() + out.position() != before || engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP);
        in.compact();
    }

    private static void runTasks(SSLEngine engine) {
        Runnable task = engine.getDelegatedTask();
        while (task != null) {
            task.run();
            task = engine.getDelegatedTask();
        }
    }
}
