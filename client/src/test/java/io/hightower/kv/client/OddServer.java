package io.hightower.kv.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that reads a request and then does what a test wants: answers with any bytes, closes the connection, or says
 * nothing. One request per connection.
 */
final class OddServer implements AutoCloseable {
    /** Closes the connection without an answer. */
    static final String HANG_UP = "";

    private final ServerSocket listener;
    private final List<String> script = new CopyOnWriteArrayList<>();
    private final List<Socket> silent = new CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();

    private OddServer(ServerSocket listener) {
        this.listener = listener;
    }

    /**
     * Begins to listen.
     *
     * @param script what to do with each request, in order; the last is repeated. Without any, nothing is ever answered
     */
    static OddServer doing(String... script) {
        try {
            OddServer server = new OddServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            server.script.addAll(List.of(script));
            Thread thread = new Thread(server::serve, "odd-server");
            thread.setDaemon(true);
            thread.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns an answer with a JSON body. */
    static String answer(int status, String body) {
        return answer(status, body, "");
    }

    /** Returns an answer with a JSON body and further header lines, each ended. */
    static String answer(int status, String body, String headers) {
        return "HTTP/1.1 " + status + " Odd\r\nContent-Type: application/json\r\nConnection: close\r\n" + headers
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** Returns the endpoint of nobody: a port that was free a moment ago. */
    static URI nobody() {
        OddServer server = doing();
        server.close();
        return server.uri();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    int requests() {
        return requests.get();
    }

    private void serve() {
        while (!listener.isClosed()) {
            try {
                serve(listener.accept());
            } catch (IOException e) {
                // The listener was closed, or a client left: both are ordinary here.
            }
        }
    }

    private void serve(Socket connection) throws IOException {
        readRequest(connection.getInputStream());
        int number = requests.getAndIncrement();
        if (script.isEmpty()) {
            silent.add(connection);
            return;
        }
        try (connection) {
            String answer = script.get(Math.min(number, script.size() - 1));
            connection.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void readRequest(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("The client left");
            }
            head.append((char) next);
        }
        for (String line : head.toString().split("\r\n", -1)) {
            if (line.startsWith("Content-Length: ")) {
                in.readNBytes(Integer.parseInt(line.substring("Content-Length: ".length())));
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : silent) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
