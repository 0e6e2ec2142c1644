package io.hightower.kv.server.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A connection for what a well-behaved HTTP client would not send. */
final class RawConnection implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;

    private RawConnection(Socket socket) {
        this.socket = socket;
    }

    static RawConnection to(int port) {
        try {
            Socket socket = new Socket();
            // Small, so that a client that does not read is soon noticed.
            socket.setReceiveBufferSize(64 * 1024);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setSoTimeout(PATIENCE_MILLIS);
            return new RawConnection(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a request up to its body: {@code GET /health} and further header lines. */
    static String head(String methodAndTarget, String... headers) {
        StringBuilder head = new StringBuilder(methodAndTarget).append(" HTTP/1.1\r\nHost: a\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    void send(String text) {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads one answer with its body, which must have a length. Empty if the server closed instead. */
    String answer() {
        try {
            String answerHead = answerHead(socket.getInputStream());
            return answerHead + body(answerHead);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the answer has begun, and takes its first byte. */
    void awaitFirstByte() {
        try {
            if (socket.getInputStream().read() < 0) {
                throw new AssertionError("The server closed instead of answering");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads what is left until the server closes. */
    String rest() {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells whether the server closed its side, after everything that it sent. */
    boolean isClosedByServer() {
        try {
            socket.getInputStream().readAllBytes();
            return true;
        } catch (IOException e) {
            return e.getMessage() != null && e.getMessage().contains("reset");
        }
    }

    private static String answerHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private String body(String answerHead) throws IOException {
        for (String line : answerHead.toLowerCase(Locale.ROOT).split("\r\n", -1)) {
            if (line.startsWith("content-length:")) {
                int length = Integer.parseInt(
                        line.substring("content-length:".length()).strip());
                return new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
