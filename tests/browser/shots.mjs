// The states that `cargo xtask shots` photographs, each in light and dark and at three sizes.
// `act` brings the page there; it may wait for what it needs to see.
import { lines } from "../bench/scene.mjs";
import {
  inspector,
  names,
  node,
  openDoor,
  palette,
  paste,
  run,
  show,
  spot,
  terminal,
  trace,
  twoTier,
} from "./student.mjs";

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
  // The map has drawn and fitted what came last.
  await page.waitForTimeout(150);
};
const thirdTier = [
  "deep=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.3.0/24 --availability-zone us-east-1c --tag-specifications 'ResourceType=subnet,Tags=[{Key=Name,Value=deep}]' --query Subnet.SubnetId --output text)",
  "app_sg=$(aws ec2 create-security-group --group-name app --description app --vpc-id $vpc --query GroupId --output text)",
  "aws ec2 authorize-security-group-ingress --group-id $app_sg --protocol tcp --port 8080 --source-group $sg",
  "db_sg=$(aws ec2 create-security-group --group-name db --description db --vpc-id $vpc --query GroupId --output text)",
  "aws ec2 authorize-security-group-ingress --group-id $db_sg --protocol tcp --port 5432 --source-group $app_sg",
  "aws ec2 run-instances --image-id $al2023 --instance-type t3.micro --subnet-id $back --security-group-ids $app_sg --count 3 --tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=app}]'",
  "aws ec2 run-instances --image-id $al2023 --instance-type t3.micro --subnet-id $deep --security-group-ids $db_sg --count 2 --tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=orders-db}]'",
];
const fence = [
  "acl=$(aws ec2 create-network-acl --vpc-id $vpc --tag-specifications 'ResourceType=network-acl,Tags=[{Key=Name,Value=fence}]' --query NetworkAcl.NetworkAclId --output text)",
  "aws ec2 create-network-acl-entry --network-acl-id $acl --ingress --rule-number 100 --protocol -1 --cidr-block 10.0.0.0/8 --rule-action allow",
  "aws ec2 create-network-acl-entry --network-acl-id $acl --ingress --rule-number 200 --protocol tcp --port-range From=443,To=443 --cidr-block 10.0.2.0/24 --rule-action deny",
];
const pick = async (page, label) => {
  const at = await spot(page, label);
  await page.mouse.click(at.x, at.y);
};
const lessonStands = (page) => page.getByRole("region", { name: "Step 1" }).waitFor({ state: "attached" });
const send = async (page) => {
  await show(page, names.TRACE);
  await page.getByRole("button", { name: names.SEND_PACKET }).click();
  await trace(page).waitFor();
  await page.getByLabel("Speed").selectOption("4×");
  await page.getByRole("button", { name: "Play" }).waitFor();
};

/** The shop of two tiers, with more `lines`, its map seen, and then `act`. */
const shop = (name, act = async () => {}, lines = []) => ({
  name,
  path: "/",
  act: async (page) => {
    await work(page, ...twoTier, ...lines);
    await show(page, names.MAP);
    await act(page);
  },
});

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
  shop("two-tier"),
  shop("three-tier", undefined, thirdTier),
  {
    name: "region-of-300",
    path: "/",
    act: async (page) => {
      await show(page, names.TERMINAL);
      await paste(page, lines());
      await page.getByRole("status").filter({ hasText: "pasted ones" }).waitFor({ state: "detached", timeout: 60_000 });
      await show(page, names.MAP);
    },
  },
  shop("inspector", async (page) => {
    await pick(page, "Route table to-internet");
  }),
  shop("rules-drafted", async (page) => {
    await pick(page, "Network ACL fence");
    const table = inspector(page).getByRole("region", { name: "Inbound rules" });
    await table.getByRole("button", { name: names.ADD_RULE }).click();
    await table.scrollIntoViewIfNeeded();
  }, [openDoor, ...fence]),
  shop("drag-refused", async (page) => {
    const [from, to] = [await spot(page, "Instance web"), await spot(page, "Subnet back")];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move((from.x + to.x) / 2, to.y, { steps: 4 });
    await page.mouse.move(to.x, to.y + 40, { steps: 4 });
    await page.locator(".tip-no").waitFor();
  }),
  shop("refusal", async (page) => {
    const [from, to] = [await spot(page, "Instance web"), await spot(page, "Subnet back")];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y + 40, { steps: 4 });
    await page.mouse.up();
    await page.getByRole("region", { name: names.REFUSAL }).waitFor();
  }),
  shop("delete-preview", async (page) => {
    await pick(page, "VPC shop");
    await page.keyboard.press("Delete");
    await page.getByRole("dialog").waitFor();
  }),
  shop("new-subnet", async (page) => {
    await palette(page, "New subnet").click();
    const at = await spot(page, "VPC shop");
    await page.mouse.click(at.x, at.y);
    await page.getByRole("dialog").waitFor();
  }),
  shop("tool-in-hand", async (page) => {
    await palette(page, "New subnet").click();
    const at = await spot(page, "VPC shop");
    await page.mouse.move(at.x, at.y);
    await page.locator(".tip-yes").waitFor();
  }),
  shop("menu", async (page) => {
    const at = await spot(page, "Instance web");
    await page.mouse.click(at.x, at.y, { button: "right" });
    await page.getByRole("menu").waitFor();
  }),
  shop("deed", async (page) => {
    await palette(page, "New Elastic IP address").click();
    await pick(page, "Instance database");
    await page.getByRole("region", { name: names.STRIP }).waitFor();
  }),
  {
    name: "outline",
    path: "/",
    act: async (page) => {
      await work(page, ...twoTier);
      await show(page, names.OUTLINE);
    },
  },
  shop("shortcuts", async (page) => {
    await page.locator('[role="graphics-document"]').press("?");
    await page.getByRole("dialog").waitFor();
  }),
  shop("focus", async (page) => {
    await page.locator('[role="graphics-document"]').focus();
    for (const key of ["ArrowDown", "ArrowDown", "End"]) await page.keyboard.press(key);
  }),
  {
    name: "history",
    path: "/",
    act: async (page) => {
      await work(page, ...twoTier);
      await page.keyboard.press("Control+z");
      await show(page, names.HISTORY);
    },
  },
  {
    name: "access-denied",
    path: "/",
    act: async (page) => {
      await work(page,
        "aws iam create-user --user-name ana",
        `aws iam put-user-policy --user-name ana --policy-name read --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"},{"Effect":"Deny","Action":"ec2:CreateVpc","Resource":"*"}]}'`,
        "key=$(aws iam create-access-key --user-name ana --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text)",
        'AWS_ACCESS_KEY_ID=$(echo "$key" | cut -f1) AWS_SECRET_ACCESS_KEY=$(echo "$key" | cut -f2) aws ec2 create-vpc --cidr-block 10.9.0.0/16',
        "hopwise may ana ec2:CreateVpc '*'",
      );
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
