package io.hightower.kv.cli;

import io.hightower.kv.statemachine.api.Member;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.api.Membership;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code member} command and its parts. */
@Command(
        name = "member",
        description = {
            "List and change the members of a cluster.",
            "",
            "A member is added first, and started then: with an empty directory, --initial-cluster-state existing, and "
                    + "--initial-cluster that names it and others. A member whose directory is lost is removed and added again."
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  hightower member list",
            "  hightower member add --peer-urls http://10.0.0.4:2380 --learner",
            "  hightower member promote 8e9e05c52164694d",
            "",
            "The exit code is 1 if the members do not allow the change."
        })
final class MemberCommand implements Runnable {
    private MemberCommand() {}

    /** Returns the command with its parts. */
    static CommandLine with(Surroundings surroundings) {
        return new CommandLine(new MemberCommand())
                .addSubcommand(new List(surroundings))
                .addSubcommand(new Add(surroundings))
                .addSubcommand(new Remove(surroundings))
                .addSubcommand(new Promote(surroundings))
                .addSubcommand(new Update(surroundings))
                .addSubcommand(new MoveLeader(surroundings));
    }

    @Override
    public void run() {
        throw new CommandFailure(
                ExitCode.USAGE,
                "a command is missing: list, add, remove, promote, update or move-leader; see hightower member --help");
    }

    private static MemberId id(@Nullable String text) {
        return MemberId.parse(text == null ? "" : text)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE, "the id of a member has 1 to 16 hexadecimal digits: id=" + text));
    }

    /** The {@code member list} command. */
    @Command(name = "list", description = "List the members: id, name, peer address, what each is.")
    static final class List extends MemberRequest {
        List(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        void ask(Membership members) throws IOException {
            print(members.list(), Optional.empty());
        }
    }

    /** The {@code member add} command. */
    @Command(name = "add", description = "Add a member. Its id is printed, and how to start it then.")
    static final class Add extends MemberRequest {
        @Option(
                names = "--peer-urls",
                required = true,
                paramLabel = "URL",
                description = "Where the others will reach it: http://host:port, or host:port.")
        private String peerUrl = "";

        @Option(names = "--learner", description = "Give it no vote until it is promoted.")
        private boolean learner;

        Add(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        void ask(Membership members) throws IOException {
            Membership.Added added =
                    members.add(PeerUrls.address("--peer-urls", peerUrl), learner ? Kind.LEARNER : Kind.VOTER);
            print(added.members(), Optional.of(added.id()));
            say("start it with an empty directory, a name, and the token of the cluster if it has one: "
                    + startLine(added));
        }
    }

    private static String startLine(Membership.Added added) {
        Map<String, String> others = new TreeMap<>();
        String own = "";
        for (Member member : added.members().members()) {
            if (member.id().equals(added.id())) {
                own = member.peerAddress();
            } else if (member.isStarted()) {
                others.putIfAbsent(member.name(), member.peerAddress());
            }
        }
        StringBuilder line = new StringBuilder("hightower server --data-dir DIR --name NAME --initial-cluster ");
        others.forEach((name, address) ->
                line.append(name).append("=http://").append(address).append(','));
        return line.append("NAME=http://") + own + " --initial-cluster-state existing";
    }

    /** The {@code member remove} command. */
    @Command(name = "remove", description = "Remove a member for good. Its id and directory never come back.")
    static final class Remove extends MemberRequest {
        @Parameters(paramLabel = "ID", description = "The member's id.")
        private @Nullable String id;

        Remove(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        void ask(Membership members) throws IOException {
            print(members.remove(id(id)), Optional.empty());
        }
    }

    /** The {@code member promote} command. */
    @Command(name = "promote", description = "Give a learner that has caught up a vote.")
    static final class Promote extends MemberRequest {
        @Parameters(paramLabel = "ID", description = "The learner's id.")
        private @Nullable String id;

        Promote(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        void ask(Membership members) throws IOException {
            print(members.promote(id(id)), Optional.empty());
        }
    }

    /** The {@code member update} command. */
    @Command(name = "update", description = "Tell the others that a member is elsewhere. Start it there then.")
    static final class Update extends MemberRequest {
        @Parameters(paramLabel = "ID", description = "The member's id.")
        private @Nullable String id;

        @Option(
                names = "--peer-urls",
                required = true,
                paramLabel = "URL",
                description = "Where the others will reach it: http://host:port, or host:port.")
        private String peerUrl = "";

        Update(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        void ask(Membership members) throws IOException {
            print(members.updateAddress(id(id), PeerUrls.address("--peer-urls", peerUrl)), Optional.empty());
        }
    }

    /** The {@code member move-leader} command. */
    @Command(name = "move-leader", description = "Have another voter lead.")
    static final class MoveLeader extends MemberRequest {
        @Parameters(paramLabel = "ID", description = "The id of the member to lead.")
        private @Nullable String id;

        MoveLeader(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        void ask(Membership members) throws IOException {
            members.transferLeadership(id(id));
            print(members.list(), Optional.empty());
        }
    }
}
