package io.hightower.kv.cli;

import io.hightower.kv.server.listen.ListenException;
import java.net.BindException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.Optional;

/** What it means that a server cannot listen at an address, for clients or for other members. */
final class AddressFailure {
    private AddressFailure() {}

    /** Returns the failure, if it is one of an address; {@code text} says what happened. */
    static Optional<Failure> of(Throwable failure, String text) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
                return told(unknown(text));
            }
            if (cause instanceof BindException || isRefused(cause)) {
                return told(sentence(cause, text));
            }
        }
        // Whatever the cause, nobody can be served.
        return failure instanceof ListenException ? told(sentence(failure, text)) : Optional.empty();
    }

    /** Ports below 1024 are refused without a class of their own. */
    private static boolean isRefused(Throwable cause) {
        return cause instanceof SocketException && said(cause).contains("denied");
    }

    private static String said(Throwable cause) {
        return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    }

    /** Java has one class for all of these, so what the operating system said has to do. */
    private static String sentence(Throwable cause, String text) {
        String said = said(cause);
        if (said.contains("unresolved")) {
            return unknown(text);
        }
        if (said.contains("in use")) {
            return "the address is in use: " + text
                    + "; stop its holder or choose another with --http-addr or --listen-peer-urls";
        }
        if (said.contains("assign")) {
            return "the address is not one of this machine: " + text
                    + "; choose one that is with --http-addr or --listen-peer-urls, or 0.0.0.0 for all of them";
        }
        if (said.contains("denied")) {
            return "the port is not allowed to this user: " + text
                    + "; choose one from 1024 on with --http-addr or --listen-peer-urls, or give the process the right";
        }
        return "the address cannot be listened on: " + text
                + "; it may be in use or not of this machine, choose another with --http-addr or --listen-peer-urls";
    }

    private static String unknown(String text) {
        return "the host name is not known: " + text
                + "; correct it in --http-addr or --listen-peer-urls, or give an IP address";
    }

    private static Optional<Failure> told(String line) {
        return Optional.of(new Failure(ExitCode.ADDRESS, line));
    }
}
