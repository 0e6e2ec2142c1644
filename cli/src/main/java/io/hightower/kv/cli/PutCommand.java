package io.hightower.kv.cli;

import io.hightower.kv.client.RestClient;
import io.hightower.kv.statemachine.Bytes;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The {@code put} command. */
@Command(
        name = "put",
        description = {
            "Store a value under a key, whatever the key held.",
            "",
            "Prints nothing. When it returns, the value is as durable as the server's sync policy promises."
        },
        footer = {
            "",
            "Examples:",
            "  hightower put greeting hello",
            "  hightower put photo - < photo.jpg",
            "  hightower put --hex 00ff c0ffee"
        })
@SuppressWarnings("FieldCanBeFinal") // picocli assigns the parameters
final class PutCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";

    private final Surroundings surroundings;

    @Mixin
    private final ClientFlags client = new ClientFlags();

    @Mixin
    private final TextFlags text = new TextFlags();

    @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
    private String key = "";

    @Parameters(
            index = "1",
            paramLabel = "VALUE",
            description = "The value; - reads it from the standard input, as it is, whatever the other flags say.")
    private String value = "";

    PutCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        Bytes wanted = text.readKey(key);
        Bytes content =
                value.equals(STANDARD_INPUT) ? Bytes.wrap(surroundings.input().readAllBytes()) : text.read(value);
        try (RestClient store = client.open()) {
            store.put(wanted, content);
        }
        return ExitCode.OK;
    }
}
