package io.hightower.kv.cli;

import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.engine.Conversion;
import io.hightower.kv.engine.Options;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.state.StateHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code convert} command. */
@Command(
        name = "convert",
        description = {
            "Turn a data directory that nobody has open into that of another kind of server.",
            "",
            "--to cluster makes it the directory of the only member of a new cluster, with all its data, whether it was a store "
                    + "without a cluster, a checkpoint, or a member of another cluster. Start it, then add the other members, "
                    + "with empty directories. --to alone makes a member's directory that of a store without a cluster.",
            "",
            "After a majority of a cluster was lost for good: stop what is left of it, convert the directory of the surviving "
                    + "member with the highest revision, and start the others anew, with empty directories. Never start a member "
                    + "of the old cluster again: there would be two histories.",
            "",
            "If the command is interrupted, run it again."
        },
        footer = {
            "",
            "Examples:",
            "  hightower convert --to cluster --data-dir hightower-data --name n1 "
                    + "--initial-advertise-peer-urls http://10.0.0.1:2380",
            "  hightower convert --to alone --data-dir hightower-data"
        })
final class ConvertCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    /** What a directory can become. */
    enum Target {
        /** The only member of a new cluster. */
        cluster,
        /** A store without a cluster. */
        alone
    }

    @Option(names = "--to", required = true, paramLabel = "KIND", description = "cluster or alone.")
    private Target target = Target.alone;

    @Option(names = "--data-dir", paramLabel = "DIR", description = "The data directory. Default: ./hightower-data.")
    private Path directory = Path.of("hightower-data");

    @Option(names = "--name", paramLabel = "NAME", description = "The member's name. Default: default.")
    private String name = "default";

    @Option(
            names = "--initial-advertise-peer-urls",
            paramLabel = "URL",
            description = "Where the other members will reach this one. Default: http://127.0.0.1:2380.")
    private String peerUrl = "http://127.0.0.1:2380";

    @Option(
            names = "--initial-cluster-token",
            paramLabel = "TOKEN",
            description = "Tells the new cluster apart from others. Default: hightower.")
    private String token = "hightower";

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    ConvertCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new CommandFailure(ExitCode.DISK, "there is no such directory: directory=" + directory);
        }
        Options options = FlagNames.naming(this::options);
        try {
            print(Conversion.run(options, Instant.now().getEpochSecond()));
        } catch (StorageException e) {
            throw new CommandFailure(OfflineFailure.of(e), e);
        }
        return ExitCode.OK;
    }

    private Options options() {
        Options options = Options.at(directory);
        return target == Target.alone
                ? options
                : options.withCluster(
                        ClusterOptions.of(name, Map.of(name, address())).withInitialClusterToken(token));
    }

    private String address() {
        return peerUrl.replaceFirst("^https?://", "");
    }

    private void print(Conversion.Outcome outcome) throws IOException {
        String hash = StateHash.toText(StateHash.of(outcome.state()));
        if (json) {
            JsonLine.write(surroundings.output(), line -> {
                line.writeStringField("kind", target.name());
                line.writeNumberField("revision", outcome.state().revision());
                line.writeStringField("stateHash", hash);
                line.writeNumberField("entriesApplied", outcome.entriesApplied());
                if (outcome.memberId().isPresent()) {
                    line.writeStringField("memberId", outcome.memberId().get().toString());
                }
            });
            return;
        }
        String start = target == Target.alone
                ? "hightower server --data-dir " + directory
                : "hightower server --data-dir " + directory + " --name " + name + " --initial-cluster " + name + "="
                        + peerUrl + " --initial-advertise-peer-urls " + peerUrl + tokenFlag();
        String text = "converted: kind=" + target + " revision="
                + outcome.state().revision() + " stateHash=" + hash + " entriesApplied=" + outcome.entriesApplied()
                + outcome.memberId().map(id -> " memberId=" + id).orElse("") + "\nstart it with: " + start + "\n";
        surroundings.output().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private String tokenFlag() {
        return token.equals("hightower") ? "" : " --initial-cluster-token " + token;
    }
}
