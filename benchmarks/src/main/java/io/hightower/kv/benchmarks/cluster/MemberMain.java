package io.hightower.kv.benchmarks.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The entry of a member's process: opens it, says so, and then does what it is told, a line at a time. It ends when it is told
 * no more.
 */
public final class MemberMain {
    static final String OPEN = "open";
    static final String LEADS = "leads";
    static final String SETTLE = "settle ";

    private MemberMain() {}

    /** Runs the member that the arguments describe. */
    public static void main(String[] arguments) throws IOException {
        LocalMember member = new LocalMember(Member.Order.parse(arguments));
        member.begin();
        member.awaitOpen();
        say(OPEN);
        BufferedReader told = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = told.readLine(); line != null; line = told.readLine()) {
            say(answer(member, line));
        }
        // As if killed: its files are deleted next, and handing leadership over would only take time.
        Runtime.getRuntime().halt(0);
    }

    private static String answer(Member member, String line) {
        if (line.equals(LEADS)) {
            return Boolean.toString(member.leads());
        }
        if (line.startsWith(SETTLE)) {
            member.beginSettling(Duration.parse(line.substring(SETTLE.length())));
            member.endSettling();
            return SETTLE;
        }
        member.begin(Load.parse(line));
        return member.end().line();
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
