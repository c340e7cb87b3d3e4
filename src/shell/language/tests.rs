//! The language, line by line; and beside real bash, where there is one.

use std::process::Command;

use expect_test::{Expect, expect};

use crate::testing::{World, lines, session, shown};
use crate::{Effect, Terminal, incomplete, run};

fn check(script: &str, expected: Expect) {
    expected.assert_eq(&shown(script));
}

#[test]
fn words_and_quotes() {
    check(
        "A=1; B=\"two words\"; echo $A \"$B\" '$A' ${A}x",
        expect![[r#"
        1 two words $A 1x
    "#]],
    );
    check(
        "echo $((1+2)) ${NOPE:-default} \"a\\\"b\" 'c\\d' \\$x",
        expect![[r#"
        3 default a"b c\d $x
    "#]],
    );
    check(
        "echo \"# comment\"; # trailing comment",
        expect![[r##"
        # comment
    "##]],
    );
    check(
        "X='a  b'; echo $X; echo \"$X\"; echo \"${#X} ${X%b}. ${X#a}\"",
        expect![[r#"
        a b
        a  b
        4 a  .   b
    "#]],
    );
    check(
        "echo a\\\nb",
        expect![[r#"
        ab
    "#]],
    );
    check(
        "F=policy.json; echo ${F%.json} ${F##*.} ${F/json/txt} ${F:0:3} ${F^^}",
        expect![[r#"
        policy json policy.txt pol POLICY.JSON
    "#]],
    );
    check(
        "echo ~ ~/x a~ \"~\"",
        expect![[r#"
        /home/student /home/student/x a~ ~
    "#]],
    );
    check(
        "echo $'a\\tb' `echo back \\`echo in\\``",
        expect![[r#"
        a	b back in
    "#]],
    );
}

#[test]
fn joints_pipes_and_status() {
    check(
        "true; echo $?; false; echo $?",
        expect![[r#"
        0
        1
    "#]],
    );
    check(
        "false && echo no || echo yes; ! true; echo $?",
        expect![[r#"
        yes
        1
    "#]],
    );
    check(
        "printf 'b\\na\\nb\\n' | sort | uniq -c; echo -",
        expect![[r#"
              1 a
              2 b
        -
    "#]],
    );
    check(
        "X=$(false); echo $?; X=$(echo hi; exit 3); echo $? $X",
        expect![[r#"
        1
        3 hi
    "#]],
    );
    check(
        "(cd /tmp; pwd); pwd; { echo a; echo b; } | wc -l",
        expect![[r#"
        /tmp
        /home/student
        2
    "#]],
    );
    check(
        "X=1 env | grep ^X; echo \"[$X]\"",
        expect![[r#"
        X=1
        []
    "#]],
    );
    check(
        "set -e; false; echo never",
        expect![[r#"
        [1]
    "#]],
    );
    check(
        "set -e; false || true; if false; then :; fi; echo on",
        expect![[r#"
        on
    "#]],
    );
    check(
        "set -u; echo $NOPE",
        expect![[r#"
        bash: NOPE: unbound variable
        [1]
    "#]],
    );
    check(
        "set -x; echo 'a b'",
        expect![[r#"
        + echo 'a b'
        a b
    "#]],
    );
}

#[test]
fn redirections_and_here_documents() {
    check(
        "echo a > f; echo b >> f; cat < f; cat f nope > /dev/null 2>&1; echo $?",
        expect![[r#"
        a
        b
        1
    "#]],
    );
    check(
        "cat <<'EOF' > f\n$A \"x\"\nEOF\ncat f; A=1\ncat <<EOF\n$A $(echo hi) \\$A\nEOF",
        expect![[r#"
        $A "x"
        1 hi $A
    "#]],
    );
    check(
        "cat <<-E\n\tone\n\tE\necho two",
        expect![[r#"
        one
        two
    "#]],
    );
    check(
        "while read -r l; do echo \"got $l\"; done <<< \"x y\"",
        expect![[r#"
        got x y
    "#]],
    );
    check(
        "cat nope 2>&1 | grep -o 'No such.*'; cat nope 2> err; cat err",
        expect![[r#"
        No such file or directory
        cat: nope: No such file or directory
    "#]],
    );
    check(
        "echo x > /etc/passwd; echo y > no/where; cat < none",
        expect![[r#"
        bash: /etc/passwd: Permission denied
        bash: no/where: No such file or directory
        bash: none: No such file or directory
        [1]
    "#]],
    );
    check(
        "{ echo out; echo err >&2; } &> both; cat both",
        expect![[r#"
        out
        err
    "#]],
    );
}

#[test]
fn compound_commands() {
    check(
        "for az in a b; do echo us-east-1$az; done",
        expect![[r#"
        us-east-1a
        us-east-1b
    "#]],
    );
    check(
        "if [ 1 -eq 2 ]; then echo a; elif test -n x; then echo b; else echo c; fi",
        expect![[r#"
        b
    "#]],
    );
    check(
        "i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo $i; done",
        expect![[r#"
        1
        3
    "#]],
    );
    check(
        "i=0; until (( i >= 2 )); do (( i++ )); done; echo $i",
        expect![[r#"
        2
    "#]],
    );
    check(
        "printf 'a 1\\nb 2\\n' | while read k v; do echo $v$k; done",
        expect![[r#"
        1a
        2b
    "#]],
    );
    check(
        "case vpc-1 in subnet-*) echo s;; vpc-*|x) echo v;; *) echo o;; esac",
        expect![[r#"
        v
    "#]],
    );
    check(
        "[[ vpc-1 == vpc-* && -n x ]] && echo yes; [[ a == 'a*' ]] || echo no",
        expect![[r#"
        yes
        no
    "#]],
    );
    check(
        "touch a.json b.json; for f in *.json; do echo $f; done; echo *.txt '*.json'",
        expect![[r#"
        a.json
        b.json
        *.txt *.json
    "#]],
    );
    check(
        "for i in 1 2 3; do for j in 1 2; do [ $j = 2 ] && continue 2; [ $i = 3 ] && break 2; echo $i$j; done; done",
        expect![[r#"
        11
        21
    "#]],
    );
}

#[test]
fn errors_are_bashs() {
    check(
        "echo (",
        expect![[r#"
        bash: syntax error: unexpected end of file
        [2]
    "#]],
    );
    check(
        "aws --query=length(Vpcs)",
        expect![[r#"
        bash: syntax error near unexpected token `('
        [2]
    "#]],
    );
    check(
        "echo )",
        expect![[r#"
        bash: syntax error near unexpected token `)'
        [2]
    "#]],
    );
    check(
        "done",
        expect![[r#"
        bash: syntax error near unexpected token `done'
        [2]
    "#]],
    );
    check(
        "echo a |",
        expect![[r#"
        bash: syntax error: unexpected end of file
        [2]
    "#]],
    );
    check(
        "; echo",
        expect![[r#"
        bash: syntax error near unexpected token `;'
        [2]
    "#]],
    );
    check(
        "nosuchcommand",
        expect![[r#"
        bash: nosuchcommand: command not found
        [127]
    "#]],
    );
    check(
        "echoo hi",
        expect![[r#"
        bash: echoo: command not found
        Did you mean `echo`? `help` lists what there is.
        [127]
    "#]],
    );
    check(
        "./x; /tmp",
        expect![[r#"
        bash: ./x: No such file or directory
        bash: /tmp: Is a directory
        [126]
    "#]],
    );
    check(
        "f() { echo; }",
        expect![[r#"
        bash: functions are not part of this shell: write the commands out, or use a for loop
        [2]
    "#]],
    );
    check(
        "sleep 5 &",
        expect![[r#"
        bash: this shell runs one command at a time: jobs in the background (&) are not part of it
        [2]
    "#]],
    );
    check(
        "echo $((1/0))",
        expect![[r#"
        bash: 1/0: division by 0 (error token is "0")
        [1]
    "#]],
    );
    check(
        "echo \"unterminated",
        expect![[r#"
        bash: unexpected EOF while looking for matching `"'
        [2]
    "#]],
    );
}

#[test]
fn what_is_open_waits_for_more() {
    for open in [
        "echo \"a",
        "echo 'a",
        "echo $(date",
        "cat <<E\nx",
        "for i in a",
        "for i in a; do",
        "echo a \\",
        "if true; then echo",
        "a &&",
        "echo `x",
        "${A:-",
    ] {
        assert!(incomplete(open), "{open}");
    }
    for whole in [
        "echo a",
        "cat <<E\nx\nE",
        "echo )",
        "",
        "# '",
        "for i in a; do :; done",
    ] {
        assert!(!incomplete(whole), "{whole}");
    }
}

#[test]
fn endless_work_ends() {
    for (script, sentence) in [
        ("while true; do :; done", "more steps"),
        ("yes", "more output"),
        ("X=xxxxxxxxxx; while true; do X=$X$X; done", "more output"),
        ("echo '. ./f' > f; . ./f", "nested too deeply"),
        ("seq 1 1000000000", "more"),
        ("for i in $(seq 1 100000); do :; done", "too many arguments"),
    ] {
        let shown = shown(script);
        let end = shown
            .get(shown.len().saturating_sub(120)..)
            .unwrap_or(&shown);
        assert!(
            end.contains(sentence) && end.ends_with("[137]\n"),
            "{script}: {end}"
        );
    }
    assert!(shown("yes | head -2") == "y\ny\n");
    let deep = "$(".repeat(5000);
    assert!(shown(&deep).contains("nested too deeply"));
    let brackets = "(".repeat(5000) + &")".repeat(5000);
    assert!(shown(&brackets).contains("recursion level exceeded"));
}

#[test]
fn sessions_keep_folders_variables_and_history() {
    let mut world = World::new();
    let outputs = lines(
        &mut world,
        &[
            "mkdir -p a/b; cd a/b",
            "X=1",
            "cd -; echo $X $OLDPWD",
            "history",
            "sleep 90; date",
            "clear; undo; nano x",
            "echo gone; clear; echo here",
        ],
    );
    assert_eq!(outputs[2].stdout, "/home/student\n1 /home/student/a/b\n");
    assert_eq!(outputs[3].stdout.lines().count(), 4);
    assert_eq!(outputs[4].stdout, "Mon Jan  5 09:01:30 UTC 2026\n");
    assert_eq!(outputs[5].effects, [Effect::Clear, Effect::Undo]);
    assert_eq!(outputs[5].exit, 1, "there is no editor");
    assert!(outputs[5].stderr.contains("cat > x <<'END'"));
    let seen: Vec<&str> = outputs[6].pieces.iter().map(|it| it.1.as_str()).collect();
    assert_eq!(seen, ["here\n"], "what was printed before is cleared");
}

#[test]
fn a_command_waits_for_the_keyboard() {
    let mut world = World::new();
    let mut terminal = Terminal {
        closed: false,
        ..Terminal::default()
    };
    let line = "read -p 'Name: ' x; echo hello $x";
    let waiting = run(line, &mut session(), &mut world, &terminal);
    assert!(waiting.waits);
    assert_eq!(waiting.stderr, "Name: ");
    terminal.typed = "Ana\n".to_owned();
    let done = run(line, &mut session(), &mut world, &terminal);
    assert!(!done.waits);
    assert_eq!(done.stdout, "hello Ana\n");
}

#[test]
fn text_commands() {
    check(
        "printf '%s-%03d\\n' a 7 b 8; printf '%5s|%-5s|\\n' x y",
        expect![[r#"
        a-007
        b-008
            x|y    |
    "#]],
    );
    check(
        "printf 'c,3\\na,1\\n' | sort -t, -k2 -n | cut -d, -f1 | tr a-z A-Z",
        expect![[r#"
        A
        C
    "#]],
    );
    check(
        "printf 'a\\tb\\n' | tr '\\t' '\\n'; echo hello | cut -c1-4; seq 3 | tail -n 2; seq 5 | head -2",
        expect![[r#"
        a
        b
        hell
        2
        3
        1
        2
    "#]],
    );
    check(
        "echo '1 2 3' | xargs -n1 echo x; printf 'a\\nb\\n' | xargs -I{} echo '<{}>'",
        expect![[r#"
        x 1
        x 2
        x 3
        <a>
        <b>
    "#]],
    );
    check(
        "echo hi | base64; echo aGkK | base64 -d; echo hi | tee f | wc -c; cat f",
        expect![[r#"
        aGkK
        hi
        3
        hi
    "#]],
    );
    check(
        "echo '{\"a\":{\"b\":[\"x\",2]}}' > j; jq -r '.a.b[0]' j; jq .a.b[1] < j; jq '.a | keys' -c j; jq -c .a.b j",
        expect![[r#"
        x
        2
        ["b"]
        ["x",2]
    "#]],
    );
    check(
        "printf 'a\\nb\\n' > f; wc f; wc -l f; wc -l < f; grep -c a f; grep -n b f; grep -q z f; echo $?",
        expect![[r#"
        2 2 4 f
        2 f
        2
        1
        2:b
        1
    "#]],
    );
}

#[test]
fn file_commands() {
    check(
        "mkdir d; touch d/f; ls d; ls -la d | head -2; rm d; rm -r d; ls d",
        expect![[r#"
            f
            total 8
            drwxr-xr-x 2 student student 4096 Jan  5 09:00 .
            rm: cannot remove 'd': Is a directory
            ls: cannot access 'd': No such file or directory
            [2]
        "#]],
    );
    check(
        "echo k > key.pem; chmod 400 key.pem; ls -l key.pem; chmod u+w,go=r key.pem; ls -l key.pem; chmod 9 key.pem",
        expect![[r#"
            -r-------- 1 student student 2 Jan  5 09:00 key.pem
            -rw-r--r-- 1 student student 2 Jan  5 09:00 key.pem
            chmod: invalid mode: '9'
            [1]
        "#]],
    );
    check(
        "echo a > a; cp a b; mv b c; cat c; mkdir d; mv c d; cat d/c; cp -r d e; ls e; cp d f; cat b",
        expect![[r#"
        a
        a
        c
        cp: -r not specified; omitting directory 'd'
        cat: b: No such file or directory
        [1]
    "#]],
    );
    check(
        "cd nope; cd a b; cd /etc/..; pwd; rmdir /tmp/x; mkdir /x",
        expect![[r#"
        bash: cd: nope: No such file or directory
        bash: cd: too many arguments
        /
        rmdir: failed to remove '/tmp/x': No such file or directory
        mkdir: cannot create directory '/x': Permission denied
        [1]
    "#]],
    );
}

/// Lines made from a seed, out of parts that try the quoting.
fn seeded(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % most as u64) as usize
    };
    const PARTS: [&str; 39] = [
        "a",
        "b c",
        "'q r'",
        "\"d $A e\"",
        "$A",
        "${B}",
        "\"$B\"",
        "\\$x",
        "\\ ",
        "''",
        "\"\"",
        "$(echo x y)",
        "\"$(echo x  y)\"",
        "`echo z`",
        "${N:-d f}",
        "\"${N:-d  f}\"",
        "${A:+s}",
        "$((2*3))",
        "'a'\"b\"c",
        "\\\\",
        "\"\\\\\"",
        "'\\'",
        "\"a'b\"",
        "=",
        "A=1",
        "x#y",
        "{a}",
        "~x",
        "%",
        "\"\\a\"",
        "\"$\"",
        "a\\b",
        "!",
        "[z]",
        "${#B}",
        "${B%e*}",
        "${B##* }",
        "$'t\\n'",
        "\"`echo \\\"q\\\"`\"",
    ];
    let mut line = String::from("A='v w'; B=\"one  two three\"; printf '<%s>'");
    for _ in 0..next(6) + 1 {
        line.push(' ');
        for _ in 0..next(3) + 1 {
            line.push_str(PARTS[next(PARTS.len())]);
        }
    }
    line
}

#[test]
fn quoting_is_that_of_a_real_bash() {
    if Command::new("bash").arg("--version").output().is_err() {
        eprintln!("skipped: no bash here");
        return;
    }
    for seed in 1..=400 {
        let line = seeded(seed);
        if line.contains("$$") || line.contains("$[") {
            // A process id is nobody's to predict, and `$[` is arithmetic of the eighties.
            continue;
        }
        let real = Command::new("bash")
            .args(["--norc", "--noprofile", "-c", &line])
            .current_dir(std::env::temp_dir())
            .output()
            .unwrap();
        let mut world = World::new();
        let ours = lines(&mut world, &[&line]).pop().unwrap();
        assert_eq!(
            ours.stdout,
            String::from_utf8_lossy(&real.stdout),
            "{line}\n{}",
            ours.stderr
        );
    }
}
