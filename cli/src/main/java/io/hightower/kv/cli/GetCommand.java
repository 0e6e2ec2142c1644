package io.hightower.kv.cli;

import io.hightower.kv.client.RestClient;
import io.hightower.kv.statemachine.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code get} command. */
@Command(
        name = "get",
        description = {
            "Print the value of a key and a newline.",
            "",
            "If the key is absent, nothing is printed on the standard output, and the exit code is 1."
        },
        footer = {
            "",
            "Examples:",
            "  hightower get greeting",
            "  hightower get --no-newline photo > photo.jpg",
            "  hightower get --json greeting"
        })
@SuppressWarnings("FieldCanBeFinal") // picocli assigns the parameters
final class GetCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private final ClientFlags client = new ClientFlags();

    @Mixin
    private final TextFlags text = new TextFlags();

    @Option(
            names = {"-n", "--no-newline"},
            description = "Print the value only.")
    private boolean noNewline;

    @Option(names = "--json", description = "Print a JSON object with key and value in base64.")
    private boolean json;

    @Parameters(paramLabel = "KEY", description = "The key.")
    private String key = "";

    GetCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        Bytes wanted = text.readKey(key);
        Optional<Bytes> found;
        try (RestClient store = client.open()) {
            found = store.get(wanted);
        }
        if (found.isEmpty()) {
            surroundings.tell("the key is absent: key=" + key);
            return ExitCode.NO;
        }
        if (json) {
            JsonLine.writeRecord(surroundings.output(), wanted, found.get());
        } else {
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            answer.write(text.show(found.get()).toByteArray());
            if (!noNewline) {
                answer.write('\n');
            }
            answer.writeTo(surroundings.output());
        }
        return ExitCode.OK;
    }
}
