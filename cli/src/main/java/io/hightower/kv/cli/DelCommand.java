package io.hightower.kv.cli;

import io.hightower.kv.client.RestClient;
import io.hightower.kv.statemachine.Bytes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The {@code del} command. */
@Command(
        name = "del",
        description = {
            "Remove a key and its value.",
            "",
            "Removing a key that is absent is not an error. Prints nothing."
        },
        footer = {"", "Examples:", "  hightower del greeting", "  hightower del --base64 AAE="})
@SuppressWarnings("FieldCanBeFinal") // picocli assigns the parameters
final class DelCommand implements Callable<Integer> {
    @Mixin
    private final ClientFlags client = new ClientFlags();

    @Mixin
    private final TextFlags text = new TextFlags();

    @Parameters(paramLabel = "KEY", description = "The key.")
    private String key = "";

    @Override
    public Integer call() {
        Bytes unwanted = text.readKey(key);
        try (RestClient store = client.open()) {
            store.delete(unwanted);
        }
        return ExitCode.OK;
    }
}
