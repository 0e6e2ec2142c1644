package io.hightower.kv.cli;

import io.hightower.kv.statemachine.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The flags that say how keys and values are written on the command line and in answers. */
final class TextFlags {
    private static final char REPLACEMENT = '\uFFFD';

    @SuppressWarnings("FieldCanBeFinal") // picocli assigns it
    @ArgGroup
    private Notation notation = new Notation();

    /** One of these, or none. */
    private static final class Notation {
        @Option(names = "--base64", description = "Keys and values are base64, in arguments and answers.")
        private boolean base64;

        @Option(names = "--hex", description = "Keys and values are hexadecimal, in arguments and answers.")
        private boolean hex;
    }

    /** Tells whether keys and values are shown as they are. */
    boolean isPlain() {
        return !notation.base64 && !notation.hex;
    }

    /** Returns the bytes that an argument stands for. */
    Bytes read(String argument) {
        try {
            if (notation.base64) {
                return Bytes.wrap(Base64.getDecoder().decode(argument));
            }
            if (notation.hex) {
                return Bytes.wrap(HexFormat.of().parseHex(argument));
            }
        } catch (IllegalArgumentException e) {
            String form = notation.base64 ? "base64, in the alphabet with + and /" : "hexadecimal, two digits a byte";
            throw new CommandFailure(ExitCode.USAGE, "'" + argument + "' is not " + form);
        }
        if (argument.indexOf(REPLACEMENT) >= 0) {
            // Java could not read the argument's bytes as text, and storing another key than was meant is worse than
            // none.
            throw new CommandFailure(ExitCode.USAGE, "an argument is not UTF-8 text; give it with --base64 or --hex");
        }
        return Bytes.utf8(argument);
    }

    /** Returns a key, which must not be empty. */
    Bytes readKey(String argument) {
        Bytes key = read(argument);
        if (key.isEmpty()) {
            throw new CommandFailure(ExitCode.USAGE, "a key needs at least one byte");
        }
        return key;
    }

    /** Returns how the bytes are shown: encoded if the flags say so, otherwise as they are. */
    Bytes show(Bytes content) {
        if (notation.base64) {
            return Bytes.wrap(Base64.getEncoder().encode(content.toByteArray()));
        }
        return notation.hex
                ? Bytes.wrap(HexFormat.of().formatHex(content.toByteArray()).getBytes(StandardCharsets.US_ASCII))
                : content;
    }
}
