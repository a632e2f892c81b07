"use strict";
// Tells the portal that the installation is over; without it the application stays "not installed".
if (window.BX24) BX24.init(() => BX24.installFinish());
