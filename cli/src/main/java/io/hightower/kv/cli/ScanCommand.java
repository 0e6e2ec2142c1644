package io.hightower.kv.cli;

import io.hightower.kv.cli.transfer.TextRecord;
import io.hightower.kv.client.KeyAndValue;
import io.hightower.kv.client.RestClient;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code scan} command. */
@Command(
        name = "scan",
        description = {
            "Print the keys of a range and their values in key order, one key<TAB>value a line.",
            "",
            "Without arguments the range is everything. Tab, newline and backslash are printed as \\t, \\n and \\\\."
        },
        footer = {
            "",
            "Examples:",
            "  hightower scan                     every key",
            "  hightower scan a m                 from a up to, and without, m",
            "  hightower scan --prefix user/ --limit 10",
            "  hightower scan --json"
        })
@SuppressWarnings("FieldCanBeFinal") // picocli assigns the parameters
final class ScanCommand implements Callable<Integer> {
    private static final int PAGE_KEYS_MAX = 1000;

    private final Surroundings surroundings;

    @Mixin
    private final ClientFlags client = new ClientFlags();

    @Mixin
    private final TextFlags text = new TextFlags();

    @Option(names = "--prefix", paramLabel = "PREFIX", description = "Only keys that begin so.")
    private String prefix = "";

    @Option(names = "--limit", paramLabel = "N", description = "At most so many keys, 1 or more. Default: all.")
    private int limit = Integer.MAX_VALUE;

    @Option(names = "--json", description = "Print a JSON object a line, with key and value in base64.")
    private boolean json;

    @Parameters(index = "0", arity = "0..1", paramLabel = "FROM", description = "The first key of the range.")
    private String from = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "UNTIL", description = "The first key behind the range.")
    private String until = "";

    ScanCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        if (limit < 1) {
            throw new CommandFailure(
                    ExitCode.USAGE, "an option is out of bounds: limit=" + limit + " bounds=1 or more");
        }
        try (RestClient store = client.open();
                OutputStream output = new BufferedOutputStream(surroundings.output())) {
            Iterator<KeyAndValue> found = store.scan(range(), Math.min(limit, PAGE_KEYS_MAX));
            for (int count = 0; count < limit && found.hasNext(); count++) {
                print(found.next(), output);
            }
        }
        return ExitCode.OK;
    }

    private KeyRange range() {
        if (!prefix.isEmpty()) {
            if (!from.isEmpty() || !until.isEmpty()) {
                throw new CommandFailure(ExitCode.USAGE, "--prefix is a range by itself: leave FROM and UNTIL out");
            }
            return KeyRange.prefix(text.read(prefix));
        }
        Bytes first = text.read(from);
        return until.isEmpty() ? KeyRange.startingAt(first) : KeyRange.of(first, text.read(until));
    }

    private void print(KeyAndValue record, OutputStream output) throws IOException {
        if (json) {
            JsonLine.writeRecord(output, record.key(), record.value());
        } else {
            new TextRecord(text.show(record.key()), text.show(record.value()))
                    .writeTo(output, TextRecord.Notation.ESCAPED);
        }
    }
}
