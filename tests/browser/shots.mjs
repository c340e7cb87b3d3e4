// The states that `cargo xtask shots` photographs, each in light and dark and at three sizes.
// `act` brings the page there; it may wait for what it needs to see.
import { names, node, openDoor, run, show, terminal, trace, twoTier } from "./student.mjs";

export const themes = ["light", "dark"];

export const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

const lesson18 = "/#lesson=vpc-18-public-subnet";
const way = [
  "igw=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)",
  "aws ec2 attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc",
  "aws ec2 create-route --route-table-id $public_rt --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
];
const rest = [
  "eip=$(aws ec2 allocate-address --domain vpc --query AllocationId --output text)",
  "aws ec2 associate-address --instance-id $web --allocation-id $eip",
  "aws ec2 authorize-security-group-ingress --group-id $web_sg --protocol tcp --port 80 --cidr 0.0.0.0/0",
];

// On a narrow page the terminal has a tab of its own.
const work = async (page, ...lines) => {
  await show(page, names.TERMINAL);
  await run(page, ...lines);
};
const lessonStands = (page) => page.getByRole("region", { name: "Step 1" }).waitFor({ state: "attached" });
const send = async (page) => {
  await show(page, names.TRACE);
  await page.getByRole("button", { name: names.SEND_PACKET }).click();
  await trace(page).waitFor();
  await page.getByLabel("Speed").selectOption("4×");
  await page.getByRole("button", { name: "Play" }).waitFor();
};

export const states = [
  { name: "first-visit", path: "/", act: async (page) => page.getByRole("link", { name: "What makes" }).waitFor({ state: "attached" }) },
  {
    name: "lesson-begun",
    path: lesson18,
    act: async (page) => {
      await lessonStands(page);
      await work(page, way[0]);
      await show(page, names.LESSON);
    },
  },
  {
    name: "lesson-solved",
    path: lesson18,
    act: async (page) => {
      await lessonStands(page);
      await work(page, ...way, ...rest);
      await show(page, names.LESSON);
      const done = page.getByRole("region", { name: "Done" });
      await done.waitFor();
      await done.scrollIntoViewIfNeeded();
    },
  },
  {
    name: "lesson-stopped",
    path: lesson18,
    act: async (page) => {
      await lessonStands(page);
      await work(page, ...way);
      await show(page, names.LESSON);
      const step = page.getByRole("region", { name: "Step 2" });
      await step.getByRole("button", { name: names.TRACE }).click();
      await trace(page).waitFor();
      await page.getByLabel("Speed").selectOption("4×");
      await page.getByRole("button", { name: "Play" }).waitFor();
      if (await step.isVisible()) await step.scrollIntoViewIfNeeded();
    },
  },
  {
    name: "trace-stopped",
    path: "/",
    act: async (page) => {
      await work(page, ...twoTier.slice(0, 10));
      await send(page);
    },
  },
  {
    name: "trace-passed",
    path: "/",
    act: async (page) => {
      await work(page, ...twoTier.slice(0, 10), openDoor);
      await send(page);
      await show(page, names.MAP);
    },
  },
  {
    name: "two-tier",
    path: "/",
    act: async (page) => {
      await work(page, ...twoTier);
      await show(page, names.MAP);
    },
  },
  {
    name: "inspector",
    path: "/",
    act: async (page) => {
      await work(page, ...twoTier);
      await show(page, names.MAP);
      await node(page, "Route table to-internet").click();
    },
  },
  {
    name: "default-vpc",
    path: "/",
    act: async (page) => {
      await work(page, "aws ec2 create-default-vpc", "aws ec2 run-instances --image-id $al2023 --instance-type t3.micro --count 9");
      await show(page, names.MAP);
    },
  },
  {
    name: "terminal-completes",
    path: "/",
    act: async (page) => {
      await work(page, ...twoTier);
      await terminal(page).focus();
      await page.keyboard.type("aws ec2 create-");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.getByRole("listbox", { name: names.SUGGESTIONS }).waitFor();
    },
  },
  {
    name: "terminal-session",
    path: "/",
    act: async (page) => {
      await work(page, ...twoTier.slice(0, 2), "aws ec2 describe-subnets --output table", "aws ec2 describe-vpc", "echo 'a line");
      await terminal(page).fill("that goes on");
    },
  },
];
